"""What is understood of one line."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opspanel.incidents.oneline import LONGEST, understood

NOW = datetime(2026, 1, 31, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "severity", "title", "started"),
    [
        ("2 checkout 5xx since 14:05", 2, "checkout 5xx", "2026-01-31T14:05"),
        ("SEV1: all is down", 1, "all is down", "2026-01-31T14:30"),
        ("checkout 5xx", 3, "checkout 5xx", "2026-01-31T14:30"),
        ("checkout 5xx since 23:50", 3, "checkout 5xx", "2026-01-30T23:50"),
        ("x since 2026-01-30 09:00 UTC", 3, "x", "2026-01-30T09:00"),
        ("1 x 20 min ago", 1, "x", "2026-01-31T14:10"),
        ("500 errors since noon", 3, "500 errors since noon", "2026-01-31T14:30"),
        ("5 nodes gone", 3, "5 nodes gone", "2026-01-31T14:30"),
        ("x since 25:00", 3, "x since 25:00", "2026-01-31T14:30"),
        ("x since 2999-01-01 00:00", 3, "x since 2999-01-01 00:00", "2026-01-31T14:30"),
        ("2", 3, "2", "2026-01-31T14:30"),
    ],
)
def test_a_line_is_read(line, severity, title, started):
    """A severity first, a start last; what is no such thing stays in the title."""
    found = understood(line, NOW)
    assert (found.severity, found.title) == (severity, title)
    assert f"{found.started_at:%Y-%m-%dT%H:%M}" == started


@settings(deadline=None)
@given(st.text(max_size=2 * LONGEST))
def test_any_line_is_read_without_an_error(line):
    """Never later than now, never more than was typed, always a severity."""
    found = understood(line, NOW)
    assert found.started_at <= NOW
    assert found.title in " ".join(line[:LONGEST].split()) or not found.title
    assert 1 <= found.severity <= 4


@settings(deadline=None)
@given(
    st.integers(1, 4),
    st.from_regex(r"[a-z]{3,8}( [a-z]{3,8}){0,3}", fullmatch=True),
    st.timedeltas(timedelta(0), timedelta(hours=23, minutes=59)),
)
def test_what_was_put_into_a_line_comes_out_of_it(severity, title, before):
    """Severity, title and minute survive."""
    start = (NOW - before).replace(second=0, microsecond=0)
    found = understood(f"{severity} {title} since {start:%H:%M}", NOW)
    assert (found.severity, found.title, found.started_at) == (severity, title, start)
    assert found.given == {"severity", "started_at"}
