"""How a reader makes the page their own: its pace, its clock, its keys, its links."""

import re

import pytest
from playwright.sync_api import expect

from tests import snapshots
from tests.pages.test_page_live import HEADLINE, polled, select_text


@pytest.fixture(autouse=True)
def healthy_platform(stage):
    stage.show(snapshots.healthy)


def test_a_pause_asks_nothing_and_is_remembered(opened, stage):
    """No poll until the reader goes on; a reload keeps the choice; what is shown grows
    old and says so."""
    page = opened()
    page.locator("#pace").select_option("paused")
    seen = stage.polls
    page.wait_for_timeout(2500)
    assert stage.polls <= seen + 1  # that was on its way when the pause began
    page.reload()
    expect(page.locator("#pace")).to_have_value("Infinity")
    expect(page.locator("#decision .outdated")).to_be_visible()
    expect(page.locator("#lost")).to_be_hidden()
    page.keyboard.press("p")
    expect(page.locator("#pace")).to_have_value("0")
    expect(page.locator(HEADLINE)).to_be_visible()


def test_a_slow_pace_is_kept_and_is_not_out_of_date(opened, stage):
    """One question at once, then none for its time; the figures are as old as wanted."""
    page = opened()
    before = stage.polls
    page.locator("#pace").select_option("every 15 s")
    polled(page, stage, 1, before)
    page.wait_for_timeout(1000)  # one more may have been on its way
    seen = stage.polls
    page.wait_for_timeout(5000)
    assert stage.polls == seen
    expect(page.locator(HEADLINE)).to_be_visible()


def test_a_slow_pace_hides_no_silent_collector(opened, stage):
    """What is old when it comes is shown as old at once."""
    page = opened()
    stage.collects = False
    expect(page.locator("#decision .outdated")).to_be_visible()
    before = stage.polls
    page.locator("#pace").select_option("every 15 s")
    polled(page, stage, 1, before)
    page.wait_for_timeout(1000)
    expect(page.locator("#decision .outdated")).to_be_visible()


def test_r_asks_at_once(opened, stage):
    """Also while it is paused."""
    page = opened()
    page.locator("#pace").select_option("paused")
    page.locator("h1").click()
    stage.show(snapshots.unhealthy)
    page.keyboard.press("r")
    expect(page.locator(HEADLINE)).to_have_text("Unhealthy")


@pytest.mark.parametrize("hand", ["selection", "dialog", "focus", "popover"])
def test_nothing_moves_under_a_hand(opened, stage, hand):
    """News waits, is counted, and comes when it is asked for or the hand is gone."""
    page = opened()
    put = {
        "selection": lambda: select_text(page, ".sentence"),
        "dialog": lambda: page.keyboard.press("?"),
        "focus": lambda: page.keyboard.press("j"),
        "popover": page.locator(".totals .f").first.click,
    }
    page.mouse.move(5, 5)
    put[hand]()
    stage.show(snapshots.unhealthy)
    waiting = page.locator("#waiting")
    words = re.compile(r"^\d+ changes waiting, press r$")
    expect(waiting).to_have_text(words, timeout=15_000)
    expect(page.locator(HEADLINE)).to_have_text("Healthy")
    if hand == "dialog":
        page.keyboard.press("Escape")
    else:
        page.keyboard.press("r")
    expect(page.locator(HEADLINE)).to_have_text("Unhealthy")
    expect(waiting).to_be_hidden()


def test_what_waits_does_not_grow_old(opened, stage):
    """While newer figures wait, those below the hand are not called out of date."""
    page = opened()
    page.mouse.move(5, 5)
    select_text(page, ".sentence")
    polled(page, stage, 6)
    expect(page.locator(HEADLINE)).to_be_visible()
    expect(page.locator(HEADLINE)).to_have_text("Healthy")


def test_keys_walk_through_cards_and_services(opened, stage):
    """j and k move the focus along; each has an address of its own."""
    stage.show(snapshots.unhealthy)
    page = opened()
    links = page.locator(":is(.card, .tile) h3 a")
    page.keyboard.press("j")
    expect(links.first).to_be_focused()
    page.keyboard.press("j")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    target = page.locator(".card:target h3")
    expect(target).to_have_text(links.first.inner_text())
    assert page.url.endswith(links.first.get_attribute("href"))


def test_every_card_and_service_has_its_own_anchor(opened, stage):
    """None twice, and the same after a reload."""
    stage.show(snapshots.unhealthy)
    page = opened()
    anchors = "found => found.map(e => [e.id, e.querySelector('h3 a').hash])"
    first = page.locator(".card, .tile").evaluate_all(anchors)
    assert all(hash_ == f"#{id_}" for id_, hash_ in first)
    assert len({id_ for id_, _ in first}) == len(first) > 5
    page.reload()
    assert page.locator(".card, .tile").evaluate_all(anchors) == first


def test_the_list_of_keys_is_the_list_of_keys(opened):
    """`?` shows it; every key in it does something, and no other does."""
    page = opened()
    page.keyboard.press("?")
    keys = page.locator("#keys kbd")
    expect(keys.first).to_be_visible()
    listed = set(keys.all_inner_texts())
    heard = page.evaluate(
        """() => [..."abcdefghijklmnopqrstuvwxyz?"].filter((key) => {
          document.querySelector("dialog[open]")?.close();
          const event = new CustomEvent("ops:key", { detail: key, cancelable: true });
          return !document.dispatchEvent(event);
        })"""
    )
    assert listed == set(heard)


def test_times_in_ones_own_zone_are_remembered(opened, stage):
    """The same moments, named with their zone, after a swap and a reload as well."""
    page = opened(timezone_id="Asia/Kolkata")
    moment = page.locator(".fact-age .moment")
    expect(moment).to_have_text(re.compile(r"\d\d:\d\d:\d\d UTC$"))
    page.keyboard.press("t")
    own = re.compile(r"\d\d:\d\d:\d\d GMT\+5:30$")
    expect(moment).to_have_text(own)
    polled(page, stage, 3)
    expect(moment).to_have_text(own)
    page.reload()
    expect(moment).to_have_text(own)
    page.locator("#zone").select_option("UTC")
    expect(moment).to_have_text(re.compile("UTC$"))


def test_the_decision_can_be_taken_to_a_chat(opened, stage):
    """As text: verdict, facts, what needs action and where to look."""
    stage.show(snapshots.unhealthy)
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    page.keyboard.press("c")
    expect(page.locator("#as-text [role=status]")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    first, facts, *cards, address = copied.splitlines()
    assert first.startswith("Unhealthy: ")
    assert re.match(r"Taken: \d+ s ago \d\d:\d\d:\d\d UTC · Coverage: \d+ of", facts)
    assert len(cards) == 2 * page.locator(".card").count()
    assert cards[1].strip().startswith(f"{stage.url}#")
    assert address == stage.url


def test_storage_may_be_forbidden(opened):
    """Then all works, and nothing is remembered."""
    page = opened()
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw Error('no') }})"
    )
    page.reload()
    page.keyboard.press("t")
    expect(page.locator("#zone")).to_have_value("local")
    page.keyboard.press("p")
    expect(page.locator("#pace")).to_have_value("Infinity")
    assert page.faults == []


def test_without_script_nothing_is_offered_that_needs_it(opened):
    """No bar, no dialog; the times are UTC."""
    page = opened(java_script_enabled=False)
    expect(page.locator("#reading")).to_be_hidden()
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_on_paper_there_is_nothing_to_press(opened, stage):
    """The decision and the figures, in black on white, without bars and forms."""
    page = opened(color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    for gone in ("#reading", ".account", "#tools", ".skip"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator(HEADLINE)).to_be_visible()
    ground = page.evaluate("getComputedStyle(document.body).colorScheme")
    assert ground == "light"
