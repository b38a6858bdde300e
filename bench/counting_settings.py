"""The panel's settings, but each password that is hashed is counted."""

from opspanel.settings import *  # noqa: F403 - settings are made to be extended so

PASSWORD_HASHERS = ["bench.counting.CountingHasher"]
