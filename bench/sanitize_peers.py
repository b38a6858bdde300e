"""Other tools behind the same door: a value in, a value with their findings blanked."""

import copy
from collections.abc import Callable
from typing import Any

BLANK = "[REDACTED]"

type Sanitizer = Callable[[Any], Any]

_PLAIN = (str, int, float, type(None))


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


def _json_ready(value: Any) -> Any:
    """Keys as text; a peer may leave them as they were."""
    if isinstance(value, dict):
        return {_name(key): _json_ready(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json_ready(item) for item in value]
    return value if isinstance(value, _PLAIN) else _shown(value)


def _name(key: Any) -> str:
    return key if isinstance(key, str) else _shown(key)


def _shown(value: Any) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - some are made to fail
        return ""


def _careful(sanitizer: Sanitizer) -> Sanitizer:
    """A peer that fails on a value has not cleaned it."""

    def clean(value: Any) -> Any:
        try:
            return _json_ready(sanitizer(value))
        except Exception:  # noqa: BLE001 - theirs, whatever it is
            return _json_ready(value)

    return clean


def peers() -> dict[str, Sanitizer]:
    """Those that can be imported and made ready; of the others it says so."""
    found = {}
    for name, make in _PEERS.items():
        try:
            found[name] = _careful(make())
        except Exception as error:  # noqa: BLE001 - theirs, whatever it is
            print(f"without {name}: {type(error).__name__}")
    return found
