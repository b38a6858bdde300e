"""A page that is sent what changed, and makes the rest of what it was sent before."""

import random
from dataclasses import asdict, replace

import pytest
from playwright.sync_api import expect

from opspanel.live.edits import Edits
from tests import snapshots
from tests.live.test_edits import tables, texts
from tests.pages.test_page_live import HEADLINE, polled

# All that a reader sees as one thing, and what it says.
UNITS = """() => {
  window.units = [...document.querySelectorAll("#live :is(section, .card, .tile, tr)")];
  window.said = window.units.map(unit => unit.innerText);
}"""
STILL_THERE = "() => window.units.filter(unit => !unit.isConnected).length"
SAY_ELSE = """() => window.units
  .filter((unit, at) => unit.innerText !== window.said[at] && unit.matches(".tile"))
  .map(unit => unit.querySelector("h3").textContent.trim())"""


@pytest.fixture
def warm(opened, stage):
    """A page whose polls are answered with edits."""
    stage.show(snapshots.healthy)
    page = opened()
    polled(page, stage)
    page.wait_for_function("() => document.querySelector('#live .tile')")
    return page


def edited(page, stage):
    """Waits for the next change that comes as edits."""
    before = stage.edits
    for _ in range(200):
        if stage.edits > before:
            return
        page.wait_for_timeout(50)
    pytest.fail("nothing was sent as edits")


def one_has_moved(now):
    """As it was, but for one service."""
    found = snapshots.healthy(now)
    first, *others = found.health
    moved = replace(first, owner_domain=snapshots.text("another team"))
    return replace(found, health=(moved, *others))


def test_a_changed_tile_changes_and_all_else_is_the_same(warm, stage):
    """The very nodes of the document stay, of the tile, too; its words are new."""
    edited(warm, stage)
    warm.evaluate(UNITS)
    stage.show(one_has_moved)
    expect(warm.locator(".tile", has_text="another team")).to_be_visible()
    edited(warm, stage)
    assert warm.evaluate(STILL_THERE) == 0
    assert len(warm.evaluate(SAY_ELSE)) == 1
    assert warm.faults == []


def test_what_it_makes_is_what_the_server_shows(warm, stage):
    """After many changes of all kinds, one made of the other."""
    builds = (snapshots.unhealthy, snapshots.degraded, snapshots.healthy)
    words = ("Unhealthy", "Degraded", "Healthy")
    for build, word in zip(builds * 2, words * 2, strict=True):
        stage.show(build)
        expect(warm.locator(HEADLINE)).to_have_text(word)
    edited(warm, stage)
    rows = "rows => rows.map(row => row.textContent.replace(/\\d/g, '0'))"
    made = warm.locator("#live th").evaluate_all(rows)
    warm.reload()
    assert warm.locator("#live th").evaluate_all(rows) == made
    assert warm.faults == []


def test_what_was_written_into_on_its_way_is_never_built_upon(warm, stage):
    """Edits of another text are refused, and the whole part comes next."""
    stage.act = "meddled"
    polled(warm, stage, 4)
    stage.act = "well"
    stage.show(snapshots.unhealthy)
    expect(warm.locator(HEADLINE)).to_have_text("Unhealthy")
    edited(warm, stage)
    assert warm.faults == []


def test_the_browser_makes_the_text_letter_by_letter(warm):
    """Of the same texts as the server's own test, with signs that are two to a browser."""
    dice = random.Random(4)
    pairs = [made_up(dice) for _ in range(150) for made_up in (texts, tables)]
    given = [[old, asdict(Edits.between(old, new))] for old, new in pairs]
    made = warm.evaluate("all => all.map(each => window.opsEdited(...each))", given)
    assert made == [new for _, new in pairs]
