"""The colours of states can be read and told apart, in both schemes and by most eyes."""

from itertools import combinations
from pathlib import Path

import pytest

from tests.looks import colour

BASE = Path(__file__).parents[2] / "static" / "css" / "base.css"
SCHEMES = colour.tokens(BASE.read_text())
STATES = ("healthy", "degraded", "unhealthy", "unknown")
TEXT = (*STATES, "ink", "soft", "link")
GROUNDS = ("ground", "surface", "sunken")
# A just noticeable difference is 0.02; three of them are seen without comparing.
APART = 0.06

in_both = pytest.mark.parametrize("scheme", SCHEMES)


@in_both
@pytest.mark.parametrize("text", TEXT)
def test_text_can_be_read_on_every_ground(scheme, text):
    """4.5 to 1, also where a ground is tinted with a state's colour."""
    shades = SCHEMES[scheme]
    grounds = [shades[name] for name in GROUNDS]
    surface = shades["surface"]
    tints = [colour.mixed(shades[state], surface, 0.1) for state in STATES]
    poorest = min(colour.contrast(shades[text], ground) for ground in grounds + tints)
    assert poorest >= 4.5


@in_both
@pytest.mark.parametrize("ground", GROUNDS)
def test_edges_can_be_seen(scheme, ground):
    """3 to 1 for the borders of what can be pressed or filled in."""
    shades = SCHEMES[scheme]
    assert colour.contrast(shades["edge"], shades[ground]) >= 3


@in_both
def test_white_can_be_read_on_an_alarm(scheme):
    """4.5 to 1, and so it can in large type."""
    assert colour.contrast((1, 1, 1), SCHEMES[scheme]["alarm"]) >= 4.5


@in_both
@pytest.mark.parametrize("deficiency", colour.DEFICIENCIES)
@pytest.mark.parametrize(("one", "other"), [*combinations(STATES, 2)])
def test_states_can_be_told_apart(scheme, deficiency, one, other):
    """By colour alone, though shape and word always stand beside it."""
    shades = SCHEMES[scheme]
    assert colour.distance(shades[one], shades[other], deficiency) >= APART


def test_the_measures_are_right():
    """White on black is 21 to 1 and 1 apart; red and green are nearer to some eyes."""
    black, white = (0, 0, 0), (1, 1, 1)
    assert colour.contrast(black, white) == pytest.approx(21)
    assert colour.distance(black, white, "none") == pytest.approx(1, abs=0.001)
    red, green = (0.5, 0, 0), (0, 0.2, 0)
    confused = colour.distance(red, green, "deuteranopia")
    assert confused < colour.distance(red, green, "none") / 2
