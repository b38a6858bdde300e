"""The only way from raw text to clean text."""

from opspanel.sanitize.objects import sanitize
from opspanel.sanitize.placeholder import PLACEHOLDER

__all__ = ["PLACEHOLDER", "sanitize"]
