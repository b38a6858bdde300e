"""The gates of .ci/, which are scripts and no modules."""

import importlib
import sys

from opspanel.env import BASE_DIR


def loaded(name):
    folder = str(BASE_DIR / ".ci")
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module(name)
