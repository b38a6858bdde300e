"""Labels of our own metrics: clean, on one line, and short."""

from collections.abc import Mapping

from opspanel.sanitize.objects import sanitize
from opspanel.sanitize.visible import one_line, shortened

MAX_LABEL = 120


def clean_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """Names are the code's own; values are judged by them, and as text."""
    cleaned = sanitize({name: one_line(value) for name, value in labels.items()})
    if not isinstance(cleaned, dict):  # the sanitizer failed, and so closed
        return dict.fromkeys(labels, str(cleaned))
    return {name: shortened(str(value), MAX_LABEL) for name, value in cleaned.items()}
