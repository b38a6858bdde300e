"""Numbers as a person reads them. A value that is not zero never reads as zero."""

from math import ceil, floor

from opspanel.terms import Unit

_KIB = 1024.0
# From here on a fraction says nothing; below the other, digits would mislead.
_WHOLE = 10
_TINY = 0.001
_LEAST_SHARE = 0.0001
# Nothing that is counted here is so large: written out it would only break the page.
_BEYOND = 1e15


def quantity(value: float, unit: Unit) -> str:
    if abs(value) >= _BEYOND:
        return f"{value:.1e}"
    if value < 0:
        return f"-{_BY_UNIT[unit](-value)}"
    return _BY_UNIT[unit](value)


def count(value: float) -> str:
    if value == int(value) or abs(value) >= _WHOLE:
        return f"{value:,.0f}"
    return _decimal(value)


def duration(seconds: float) -> str:
    """`84 s`, `6 min 52 s`, `3 h 5 min`, `2 d 4 h`. static/js/ages.js agrees."""
    if 0 < seconds < 1:
        return f"{max(seconds * 1000, 1):.0f} ms"
    if seconds < _WHOLE and seconds != int(seconds):
        return f"{seconds:.1f} s"
    return whole_duration(seconds)


def whole_duration(seconds: float) -> str:
    whole = max(int(seconds), 0)
    for size, name, rest, rest_name in (
        (86_400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= max(size, 120):
            large, left = divmod(whole, size)
            return f"{large} {name} {left // rest} {rest_name}"
    return f"{whole} s"


def percentage(ratio: float) -> str:
    percent = ratio * 100
    if percent == int(percent) or abs(percent) >= _WHOLE:
        return f"{percent:,.0f}%"
    return f"{_decimal(percent)}%"


def share(ratio: float) -> str:
    """Of what was good. Never rounded up: 99.996 % is not 100 %."""
    if 0 < ratio < _LEAST_SHARE:
        return "under 0.01%"
    return f"{floor(round(ratio * 10_000, 6)) / 100:.2f}".rstrip("0").rstrip(".") + "%"


def size(value: float) -> str:
    scaled = float(value)
    for name in ("B", "KiB", "MiB", "GiB"):
        if abs(scaled) < _KIB:
            return f"{ceil(scaled):,} B" if name == "B" else f"{scaled:,.1f} {name}"
        scaled /= _KIB
    return f"{scaled:,.1f} TiB"


def _decimal(value: float) -> str:
    if 0 < abs(value) < _TINY:
        return "under 0.001"
    if abs(value) < 1:
        return f"{value:.2g}"
    return f"{value:,.1f}".removesuffix(".0")


def _per_second(value: float) -> str:
    return f"{count(value)}/s"


def _per_minute(value: float) -> str:
    return f"{count(value)}/min"


def times(value: float) -> str:
    return f"{_decimal(value)}\N{MULTIPLICATION SIGN}"


_BY_UNIT = {
    Unit.COUNT: count,
    Unit.PER_SECOND: _per_second,
    Unit.PER_MINUTE: _per_minute,
    Unit.SECONDS: duration,
    Unit.RATIO: percentage,
    Unit.SHARE: share,
    Unit.BYTES: size,
    Unit.TIMES: times,
}
