"""How the wall looks from afar: nothing cut, nothing to scroll, nothing burnt in."""

import pytest
from playwright.sync_api import expect

from opspanel.access.screens import Why
from opspanel.views.wall_demo import BOARD_STATES, STATES
from tests.wall.conftest import cookie

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("no_snapshots"),
]
SIZES = {"1080p": (1920, 1080), "4K": (3840, 2160), "720p": (1280, 720)}
# As a page is laid out in a browser that is set to 200 %.
ENLARGED = {name: (w // 2, h // 2) for name, (w, h) in SIZES.items() if name != "720p"}
CUT = """() => {
  const seen = [...document.querySelectorAll(".board, .overall, .row, .tile, #live, .code")]
    .filter((found) => found.checkVisibility());
  const root = document.documentElement;
  const over = seen.filter((found) => {
    const box = found.getBoundingClientRect();
    return box.bottom > innerHeight + 1 || box.right > innerWidth + 1
      || (found.matches(".board, .overall, #live") && found.scrollHeight > found.clientHeight + 1);
  });
  return [root.scrollHeight > innerHeight, ...over.map((found) => found.className)].filter(Boolean);
}"""
SMALL = """() => [...document.querySelectorAll("#live p, #live b, #live h1, #live h2, #live .name")]
  .filter((found) => found.checkVisibility() && !found.closest(".unseen"))
  .filter((found) => parseFloat(getComputedStyle(found).fontSize) < innerHeight * 0.025)
  .map((found) => found.className + found.textContent.trim())"""
ORDER = """() => [...document.querySelectorAll(".board")]
  .filter((board) => !board.hidden)
  .sort((a, b) => a.style.order - b.style.order)
  .map((board) => board.classList[1])"""

# Counted from one moment, which stands still: a real second between two steps would skip a turn.
SECONDS_ON = """seconds => {
  const from = window.stoodStill ??= window.opsClock();
  window.opsClock = () => from + seconds * 1000;
  document.dispatchEvent(new Event("ops:swapped"));
}"""


@pytest.fixture
def demo(front, opened, person):
    """`demo(state, boards, **options)`: that face in a window."""
    session = person("viewer").cookies["ops_session"].value
    pages = {}

    def show(state, boards=4, **options):
        key = tuple(map(str, options.items()))
        if key not in pages:
            pages[key] = opened(path="/demo", **options)
            pages[key].context.add_cookies([cookie(front, "ops_session", session)])
        pages[key].goto(f"{front.url}/demo?state={state}&boards={boards}")
        return pages[key]

    return show


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut_and_nothing_scrolls(demo, size):
    """Each state and layout fits, with type of at least a fortieth of the height."""
    width, height = SIZES[size]
    viewport = {"width": width, "height": height}
    for state in STATES:
        page = demo(state, viewport=viewport)
        assert (state, page.evaluate(CUT)) == (state, [])
        assert (state, page.evaluate(SMALL)) == (state, [])
    for boards in (1, 2):
        page = demo("crowded", boards, viewport=viewport)
        assert (boards, page.evaluate(CUT)) == (boards, [])
    assert page.faults == []


@pytest.mark.parametrize("size", ENLARGED)
def test_nothing_is_cut_where_it_is_enlarged(demo, size):
    """At 200 % half as many points are there, and each state fits all the same."""
    width, height = ENLARGED[size]
    viewport = {"width": width, "height": height}
    for state in STATES:
        page = demo(state, viewport=viewport, device_scale_factor=2)
        assert (state, page.evaluate(CUT)) == (state, [])


def test_too_many_become_a_number(demo):
    """Seven cards are three and "+4 more", or six and one; the worst stand there."""
    page = demo("crowded")
    assert page.locator(".actions .row:visible").count() == 3
    expect(page.locator(".actions .more:visible")).to_have_text("+4 more")
    expect(page.locator(".actions .row").first).to_contain_text("Unhealthy")
    page = demo("crowded", 2)
    assert page.locator(".actions .row:visible").count() == 6
    expect(page.locator(".actions .more:visible")).to_have_text("+1 more")


def test_shape_and_word_stand_beside_colour(demo):
    """Without colour each state is told by its glyph and its word."""
    for state in BOARD_STATES:
        page = demo(state)
        shape = page.locator(".overall .mark.current use").get_attribute("href")
        word = page.locator(".overall h1 .current").inner_text()
        assert shape == f"#s-{word.lower()}"


def test_alarms_keep_their_places_while_the_calm_move(demo):
    """Five minutes on: the picture is shifted, calm boards have moved, alarms have not."""
    page = demo("degraded")
    seen, shifts = set(), set()
    for minutes in range(0, 45, 5):
        page.evaluate(SECONDS_ON, minutes * 60)
        order = page.evaluate(ORDER)
        assert order[0] == "actions"
        seen.add(tuple(order[1:]))
        shifts.add(page.evaluate("document.getElementById('poll').style.translate"))
    assert len(seen) == 3
    assert len(shifts) == 9


def test_a_small_layout_takes_turns_and_keeps_alarms(demo):
    """One board: with an alarm that one stays; without, all come by."""
    for state, wanted in (("degraded", {"actions"}), ("healthy", None)):
        page = demo(state, 1)
        came = set()
        for turn in range(4):
            page.evaluate(SECONDS_ON, turn * 20)
            came.update(page.evaluate(ORDER))
        assert came == (wanted or {"actions", "health", "queues", "incidents"})


def test_nothing_moves_by_itself_but_the_clock(demo):
    """No animation and no transition at all, so reduced motion is kept by everybody."""
    page = demo("unhealthy", reduced_motion="reduce")
    assert page.evaluate("document.getAnimations().length") == 0


def test_every_reason_for_no_board_has_a_face(demo):
    """Not paired, over, revoked: three headings."""
    headings = {demo(str(why)).locator("h1").inner_text() for why in Why}
    assert len(headings) == len(Why)
