"""Other tools behind the same door: a value in, a value with their findings blanked."""

import copy
from collections.abc import Callable
from typing import Any

BLANK = "[REDACTED]"

type Sanitizer = Callable[[Any], Any]


def _leaf_by_leaf(clean: Callable[[str], str]) -> Sanitizer:
    """For tools that know text only: each text of a value by itself."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: walk(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [walk(item) for item in value]
        return clean(value if isinstance(value, str) else repr(value))

    return walk


def _scrubadub() -> Sanitizer:
    import scrubadub

    return _leaf_by_leaf(scrubadub.Scrubber().clean)


def _sentry() -> Sanitizer:
    from sentry_sdk.scrubber import EventScrubber

    scrubber = EventScrubber(recursive=True)

    def scrub(value: Any) -> Any:
        event = {"extra": {"value": copy.deepcopy(value)}}
        scrubber.scrub_event(event)
        return event["extra"]["value"]

    return scrub


def _detect_secrets() -> Sanitizer:
    from detect_secrets.core.scan import scan_line
    from detect_secrets.settings import default_settings

    def clean(text: str) -> str:
        with default_settings():
            for line in text.splitlines():
                for found in scan_line(line):
                    text = text.replace(found.secret_value or "\0", BLANK)
        return text

    return _leaf_by_leaf(clean)


_PEERS = {
    "detect_secrets": _detect_secrets,
    "sentry_sdk": _sentry,
    "scrubadub": _scrubadub,
}


def peers() -> dict[str, Sanitizer]:
    """Those that can be imported and made ready; of the others it says so."""
    found = {}
    for name, make in _PEERS.items():
        try:
            found[name] = make()
        except Exception as error:  # noqa: BLE001 - theirs, whatever it is
            print(f"without {name}: {type(error).__name__}")
    return found
