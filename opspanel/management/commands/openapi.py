"""`manage.py openapi`: what scripts may send, as docs/openapi.json holds it."""

import json
from typing import Any

from opspanel.clean_command import CleanCommand
from opspanel.openapi import document


class Command(CleanCommand):
    help = "Print the OpenAPI document of the interface for scripts."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.print_as_is(json.dumps(document(), indent=2, ensure_ascii=False))
