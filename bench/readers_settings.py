"""The panel's settings, but each statement is counted."""

from opspanel.settings import *  # noqa: F403 - settings are made to be extended so
from opspanel.settings import DATABASES

DATABASES["default"]["ENGINE"] = "bench.counted_database"
