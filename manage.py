#!/usr/bin/env python
"""Django's command line. `manage.py up` runs everything; see README.md."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    up = sys.argv[1:2] == ["up"]
    settings = "opspanel.embedded.settings" if up else "opspanel.settings"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
