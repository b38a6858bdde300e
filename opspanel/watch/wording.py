"""How spans and figures are written in a verdict's line."""

from opspanel.quantities import quantity, whole_duration
from opspanel.terms import Unit

_TIMES = "\N{MULTIPLICATION SIGN}"
# From here on more digits say nothing.
_MOST_TIMES = 1000.0


def lasting(seconds: float) -> str:
    """`15 min`, `3 h 5 min`, `9 d`: no second part that is nothing."""
    first, _, rest = whole_duration(seconds).partition(" 0 ")
    return first if rest else whole_duration(seconds)


def between(least: float, most: float) -> str:
    """`3 d 4 h to 4 d`."""
    low, high = lasting(least), lasting(most)
    return low if low == high else f"{low} to {high}"


def told(value: float, unit: Unit, *, counts: bool) -> str:
    return quantity(round(value) if counts else value, unit)


def times(value: float) -> str:
    if value >= _MOST_TIMES:
        return f"over {_MOST_TIMES:,.0f}{_TIMES}"
    return quantity(value, Unit.TIMES)
