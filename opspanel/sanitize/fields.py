"""The declared type of every text on the panel: what it is decides how it is cleaned.

A value that matches the strict grammar of its type skips the randomness rule, and
nothing else: keys, credentials and known secrets are looked for in every text. A value
that does not match is free text and is cleaned as such.
"""

import re
from urllib.parse import urlsplit

from opspanel.sanitize.placeholder import PLACEHOLDER
from opspanel.sanitize.text import clean_name, clean_text
from opspanel.sanitize.visible import one_line, shortened
from opspanel.snapshot.schema import CleanText

MAX_NAME = 120
MAX_TITLE = 200
MAX_SENTENCE = 500
MAX_PASSAGE = 4_000
MAX_URL = 2000

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_.:/ *>()&+][A-Za-z0-9*>()&]+){0,15}")
_VERSION = re.compile(
    r"v?[0-9]{1,8}(?:\.[0-9]{1,8}){0,3}(?:[-+.][A-Za-z0-9.]{1,16}){0,2}|[0-9a-f]{7,40}"
)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_WEB = frozenset({"http", "https"})


def sentence(raw: str) -> CleanText:
    """Free text: titles, reasons, whole sentences."""
    return CleanText(shortened(clean_text(one_line(raw)), MAX_SENTENCE))


def _named(raw: str) -> CleanText:
    line = one_line(raw)
    fits = len(line) <= MAX_NAME and _NAME.fullmatch(line)
    return CleanText(shortened((clean_name if fits else clean_text)(line), MAX_NAME))


def environment(raw: str) -> CleanText:
    return _named(raw)


def component_id(raw: str) -> CleanText:
    return _named(raw)


def component_name(raw: str) -> CleanText:
    return _named(raw)


def owner(raw: str) -> CleanText:
    return _named(raw)


def stream(raw: str) -> CleanText:
    return _named(raw)


def consumer(raw: str) -> CleanText:
    return _named(raw)


def retention(raw: str) -> CleanText:
    return _named(raw)


def task_type(raw: str) -> CleanText:
    return _named(raw)


def task_status(raw: str) -> CleanText:
    return _named(raw)


def query_name(raw: str) -> CleanText:
    return _named(raw)


def runbook_id(raw: str) -> CleanText:
    return _named(raw)


def subject(raw: str) -> CleanText:
    """What an action card is about: a service, a stream, a task type or a source."""
    return _named(raw)


def card_key(raw: str) -> CleanText:
    """`signal:subject`, each half cleaned as such."""
    signal, colon, rest = raw.partition(":")
    return CleanText(f"{_named(signal)}{colon}{subject(rest)}")


def version(raw: str) -> CleanText:
    """`1.4.2-rc.1`, or what a commit is called."""
    line = one_line(raw)
    return CleanText(clean_name(line)) if _VERSION.fullmatch(line) else _named(raw)


def digest(raw: str) -> CleanText:
    """A SHA-256 in hexadecimal, which looks like a secret and is none."""
    return CleanText(raw) if _DIGEST.fullmatch(raw) else sentence(raw)


def link(raw: str | None) -> CleanText | None:
    """An address a person may click, or None: http or https only, with nothing hidden.

    A link with a credential in it is dropped, not mended: half an address leads nowhere.
    """
    if raw is None or len(raw) > MAX_URL or one_line(raw) != raw or " " in raw:
        return None
    try:
        parts = urlsplit(raw)
    except ValueError:
        return None
    cleaned = clean_text(raw)
    whole = parts.scheme in _WEB and parts.netloc and PLACEHOLDER not in cleaned
    return CleanText(cleaned) if whole else None


def incident_ref(raw: str) -> CleanText:
    return _named(raw)


def person(raw: str) -> CleanText:
    """An account's name, or what stood for one when it acted."""
    return _named(raw)


def service(raw: str) -> CleanText:
    return _named(raw)


def incident_title(raw: str) -> CleanText:
    return CleanText(shortened(clean_text(one_line(raw)), MAX_TITLE))


def passage(raw: str) -> CleanText:
    """Free text of several lines: notes and summaries."""
    lines = "\n".join(map(one_line, raw.splitlines()))
    return CleanText(shortened(clean_text(lines), MAX_PASSAGE))
