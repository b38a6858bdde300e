"""Which metrics a query names. Reads PromQL just well enough for a wiring check."""

import re

_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`[^`]*`')
_SELECTORS = re.compile(r"\{[^}]*\}|\[[^\]]*\]")
_GROUPINGS = re.compile(
    r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", re.IGNORECASE
)
_NAME = re.compile(r"(?<![\w:.])([A-Za-z_:][\w:]*)(?!\s*\()(?![\w:])")
_WORDS = {
    "and",
    "or",
    "unless",
    "bool",
    "offset",
    "inf",
    "nan",
    "start",
    "end",
    "atan2",
}


def metric_names(query: str) -> frozenset[str]:
    for pattern in (_STRINGS, _SELECTORS, _GROUPINGS):
        query = pattern.sub(" ", query)
    found = {match.group(1) for match in _NAME.finditer(query)}
    return frozenset(name for name in found if name.lower() not in _WORDS)
