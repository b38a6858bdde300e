import pytest

from opspanel.assess import wording


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (1.5, "1.5 s"),
        (412.4, "412 s"),
        (720, "12 min"),
        (12_600, "3.5 h"),
        (345_600, "4 d"),
    ],
)
def test_duration(seconds, text):
    """A duration is written in the unit a person would say it in."""
    assert wording.duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (0.25, "0.2"), (10, "10"), (1204, "1,204")]
)
def test_number(value, text):
    """Numbers are grouped by thousands and keep no empty decimals."""
    assert wording.number(value) == text


def test_percent():
    """A ratio is written in percent with one decimal where there is one."""
    assert [wording.percent(ratio) for ratio in (0.342, 0.1, 1)] == [
        "34.2 %",
        "10 %",
        "100 %",
    ]


def test_short_duration():
    """A latency below a second is written in milliseconds."""
    assert [wording.short_duration(value) for value in (0.312, 1.25)] == [
        "312 ms",
        "1.25 s",
    ]


def test_listed():
    """A long list names the first few and counts the rest."""
    assert wording.listed(["a", "b"]) == "a, b"
    assert wording.listed(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
