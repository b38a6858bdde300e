"""Numbers as words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opspanel import quantities
from opspanel.terms import Unit


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (1204, Unit.COUNT, "1,204"),
        (0, Unit.COUNT, "0"),
        (0.25, Unit.COUNT, "0.25"),
        (0.0001, Unit.PER_SECOND, "under 0.001/s"),
        (12.5, Unit.PER_MINUTE, "12/min"),
        (3.14, Unit.PER_SECOND, "3.1/s"),
        (0.087, Unit.SECONDS, "87 ms"),
        (1.24, Unit.SECONDS, "1.2 s"),
        (84, Unit.SECONDS, "84 s"),
        (412, Unit.SECONDS, "6 min 52 s"),
        (11_100, Unit.SECONDS, "3 h 5 min"),
        (187_200, Unit.SECONDS, "2 d 4 h"),
        (0.14, Unit.RATIO, "14%"),
        (0.0234, Unit.RATIO, "2.3%"),
        (0.000_001, Unit.RATIO, "under 0.001%"),
        (0.99996, Unit.SHARE, "99.99%"),
        (0.9982, Unit.SHARE, "99.82%"),
        (1, Unit.SHARE, "100%"),
        (14.4, Unit.TIMES, "14.4\N{MULTIPLICATION SIGN}"),
        (900, Unit.BYTES, "900 B"),
        (4_300_000, Unit.BYTES, "4.1 MiB"),
    ],
)
def test_reads_as(value, unit, shown):
    """The shortest form that is still true."""
    assert quantities.quantity(value, unit) == shown


@settings(deadline=None)
@given(st.sampled_from(list(Unit)), st.floats(min_value=1e-12, max_value=1e15))
def test_something_never_reads_as_nothing(unit, value):
    """A value above zero shows a digit other than zero."""
    assert set("123456789") & set(quantities.quantity(value, unit))
