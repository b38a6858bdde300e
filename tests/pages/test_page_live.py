"""The page in a real Chromium under the strict content policy."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import snapshots

HEADLINE = "#decision .current"


@pytest.fixture(autouse=True)
def healthy_platform(stage):
    stage.show(snapshots.healthy)


def polled(page, stage, times=2, since=None):
    """Waits until the page has asked some times more, since it had asked `since` times."""
    seen = stage.polls if since is None else since
    for _ in range(300):
        if stage.polls >= seen + times:
            return
        page.wait_for_timeout(50)
    pytest.fail("the page stopped asking")


def a_minute_passes(page, *, then="focus"):
    """At once, for the page's own clock. `then`: what happens right after it."""
    page.evaluate(
        """then => {
          const now = performance.now.bind(performance);
          performance.now = () => now() + 60_000;
          document.dispatchEvent(new Event(then));
        }""",
        then,
    )


def select_text(page, selector):
    page.evaluate(
        """selector => {
          const range = document.createRange();
          range.selectNodeContents(document.querySelector(selector));
          getSelection().removeAllRanges();
          getSelection().addRange(range);
        }""",
        selector,
    )


def test_a_change_arrives_by_itself(opened, stage):
    """Status, title and icon follow the snapshot; the policy is not offended."""
    page = opened()
    expect(page.locator(HEADLINE)).to_have_text("Healthy")
    stage.show(snapshots.unhealthy)
    expect(page.locator(HEADLINE)).to_have_text("Unhealthy")
    expect(page).to_have_title("Unhealthy · demo operations")
    expect(page.locator("#icon")).to_have_attribute("href", re.compile("unhealthy"))
    assert page.faults == []


def test_the_first_snapshot_arrives_by_itself(opened, stage):
    """Who opens the page too early need not reload it; the sections stand in order."""
    stage.collects, stage.collected = False, None
    page = opened()
    expect(page.locator("#decision")).to_contain_text("Unknown")
    stage.collects = True
    stage.show(snapshots.degraded)
    expect(page.locator(HEADLINE)).to_have_text("Degraded")
    order = page.locator("#live h2").evaluate_all("found => found.map(e => e.id)")
    assert order[0] == "actions"
    assert order[-2:] == ["investigate", "sources"]
    assert page.faults == []


def test_only_a_changed_decision_is_spoken(opened, stage):
    """A screen reader hears the news once, and nothing for a mere refresh."""
    page = opened()
    spoken = page.locator("#spoken")
    stage.show(snapshots.healthy)
    polled(page, stage)
    expect(spoken).to_have_text("")
    stage.show(snapshots.unhealthy)
    expect(spoken).to_have_text("Unhealthy. 4 action cards.")


def test_ages_count_without_the_server(opened, stage):
    """The age of the snapshot ticks on while nothing new comes."""
    stage.collects, stage.interval = False, 60
    page = opened()
    page.context.set_offline(True)
    age = page.locator(".fact-age .age")
    first = int(age.inner_text().split()[0])
    # At least: who looks once in a second may miss one of them.
    page.wait_for_function(
        "least => parseInt(document.querySelector('.fact-age .age').textContent) >= least",
        arg=first + 2,
    )


def test_ages_do_not_trust_the_browsers_clock(opened, stage):
    """A computer that is a day wrong shows the same age."""
    stage.clock_offset = timedelta(days=-1)
    stage.show(snapshots.healthy)
    stage.collects, stage.interval = False, 60
    page = opened()
    expect(page.locator(".fact-age .age")).to_have_text(re.compile(r"^\d+ s$"))


def test_after_a_sleep_it_trusts_nothing_until_the_first_answer(opened, stage):
    """The monotonic clock slept too: the other one gives it away, long before the next
    question would have."""
    stage.interval = 5
    page = opened()
    stage.act = "never"
    page.evaluate("{ const now = Date.now; Date.now = () => now() + 8 * 3600e3; }")
    # Without it: not before eleven seconds were silent.
    expect(page.locator("#lost")).to_be_visible(timeout=9_000)
    expect(page).to_have_title("Disconnected · Healthy · demo operations")
    stage.act = "well"
    expect(page.locator("#lost")).to_be_hidden(timeout=15_000)
    expect(page).to_have_title("Healthy · demo operations")


def test_the_end_of_summer_time_changes_no_age_and_confuses_no_moment(opened, stage):
    """What is an hour apart has the same local time, told apart by its zone."""
    summer = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 in Berlin, for once
    stage.clock_offset = summer - timezone.now()
    stage.show(snapshots.healthy)
    page = opened(timezone_id="Europe/Berlin")
    page.keyboard.press("t")
    moment = page.locator(".fact-age .moment")
    expect(moment).to_have_text(re.compile(r"02:\d\d:\d\d (CEST|GMT\+2)$"))
    stage.clock_offset += timedelta(hours=1)
    stage.show(snapshots.healthy)
    expect(moment).to_have_text(re.compile(r"02:\d\d:\d\d (CET|GMT\+1)$"))
    expect(page.locator(".fact-age .age")).to_have_text(re.compile(r"^\d+ s$"))


def test_a_silent_collector_is_marked_by_the_browser(opened, stage):
    """The server still answers `unchanged`; the page grows old and says so."""
    page = opened()
    stage.collects = False
    expect(page.locator("#decision .outdated")).to_be_visible()
    expect(page.locator(HEADLINE)).to_be_hidden()
    expect(page).to_have_title("Stale · Healthy · demo operations")
    stage.collects = True
    expect(page.locator(HEADLINE)).to_be_visible()


@pytest.mark.parametrize("fault", ["never", "failing", "proxy"])
def test_lost_contact_shows_and_ends_by_itself(opened, stage, fault):
    """Hung, failing or replaced by a proxy: frozen, named, and never swapped in."""
    page = opened()
    stage.act = fault
    expect(page.locator("#lost")).to_be_visible()
    assert re.fullmatch(
        r"No contact with the server since \d\d:\d\d:\d\d UTC. Values are frozen.",
        page.locator("#lost").inner_text(),
    )
    assert page.evaluate("document.documentElement.dataset.contact") == "lost"
    assert page.title().startswith("Disconnected · ")
    assert "INTRUDER" not in page.content()
    stage.act = "well"
    stage.released.set()
    expect(page.locator("#lost")).to_be_hidden()
    expect(page).to_have_title("Healthy · demo operations")


def test_a_dead_server_is_noticed(opened, stage):
    """Nothing listens any more: the page still says so."""
    page = opened()
    page.context.set_offline(True)
    expect(page.locator("#lost")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#lost")).to_be_hidden()


def test_signed_out_leads_to_the_sign_in_page(opened, stage):
    """A whole page, never a form inside the panel."""
    page = opened()
    stage.act = "signed_out"
    page.wait_for_url("**/admin/ops/sign-in")


def test_nothing_but_the_live_part_is_let_in(opened, stage):
    """An answer with partials or out-of-band parts is refused whole."""
    page = opened()
    stage.act = "tampered"
    stage.show(snapshots.unhealthy)
    polled(page, stage, 3)
    assert "INTRUDER" not in page.content()
    expect(page.locator(HEADLINE)).to_have_text("Healthy")


def test_an_answer_leaves_nothing_beside_the_live_part(opened, stage):
    """A page that is open for weeks holds no more than a new one, not even white space."""
    page = opened()
    beside = "document.getElementById('poll').childNodes.length"
    before = page.evaluate(beside)
    for build in (snapshots.unhealthy, snapshots.degraded):
        stage.show(build)
        headline = build.__name__.capitalize()
        expect(page.locator(HEADLINE)).to_have_text(headline)
    assert page.evaluate(beside) == before


def test_a_part_of_another_build_is_not_let_in(opened, stage):
    """The page says so and goes on ageing; in a minute it loads itself, unless a hand is on
    it."""
    page = opened()
    page.evaluate("document.body.dataset.old = ''")
    stage.act = "renewed"
    stage.show(snapshots.unhealthy)
    expect(page.locator("#newer")).to_be_visible()
    expect(page.locator(HEADLINE)).to_have_text("Healthy")
    select_text(page, "#live .reason")
    a_minute_passes(page, then="pointermove")
    polled(page, stage)
    expect(page.locator("body")).to_have_attribute("data-old", "")
    page.evaluate("getSelection().removeAllRanges()")
    expect(page.locator(HEADLINE)).to_have_text("Unhealthy")
    expect(page.locator("body")).not_to_have_attribute("data-old", "")


def test_two_builds_side_by_side_load_a_page_once(opened, stage):
    """For ten minutes it then leaves a build that it was loaded for to its reader."""
    page = opened()
    for old in ("loaded", "left"):
        page.evaluate("document.body.dataset.old = ''")
        stage.act = "renewed"
        expect(page.locator("#newer")).to_be_visible()
        a_minute_passes(page, then="pointermove")
        polled(page, stage, 3)
        expect(page.locator("#newer")).to_be_visible()
        assert page.locator("body[data-old]").count() == (old == "left")
        stage.act = "well"
        expect(page.locator("#newer")).to_be_hidden()
    page.evaluate("sessionStorage['ops:loaded:another'] -= 600_000")
    stage.act = "renewed"
    expect(page.locator("#newer")).to_be_visible()
    a_minute_passes(page, then="pointermove")
    expect(page.locator("body[data-old]")).to_have_count(0)


def test_injected_markup_does_not_act(opened, stage):
    """htmx ignores attributes that do not carry this page's nonce."""
    page = opened()
    page.evaluate(
        """() => {
          const injected = document.createElement("i");
          injected.setAttribute("hx-get", "/elsewhere");
          injected.setAttribute("hx-trigger", "load");
          document.getElementById("main").append(injected);
          htmx.process(injected);
        }"""
    )
    expect(page.locator("#main > i:not([hx-get])")).to_be_attached()
    polled(page, stage)
    assert "Elsewhere" not in page.content()


def test_selected_text_is_not_swapped_away(opened, stage):
    """While something is selected nothing moves; afterwards the news comes."""
    page = opened()
    select_text(page, ".sentence")
    stage.show(snapshots.unhealthy)
    polled(page, stage, 3)
    expect(page.locator(HEADLINE)).to_have_text("Healthy")
    assert "nothing is degraded" in page.evaluate("getSelection().toString()")
    page.evaluate("getSelection().removeAllRanges()")
    expect(page.locator(HEADLINE)).to_have_text("Unhealthy")


def test_typing_is_not_disturbed(opened, stage):
    """Text and focus of a half-typed id survive; a minute without a move ends that."""
    page = opened()
    field = page.locator("#correlation")
    field.press_sequentially("4bf92f35")
    stage.show(snapshots.unhealthy)
    polled(page, stage, 3)
    expect(page.locator(HEADLINE)).to_have_text("Healthy")
    a_minute_passes(page)
    expect(page.locator(HEADLINE)).to_have_text("Unhealthy")
    expect(field).to_have_value("4bf92f35")
    expect(field).to_be_focused()


def test_what_was_opened_stays_open(opened, stage):
    """Unfolded consumers and an open popover outlive a swap, though rows move."""
    page = opened()
    fold = page.locator("details").nth(2)
    name = fold.locator("summary").inner_text().split(":")[0]
    fold.locator("summary").click()
    page.locator(".totals .f").first.click()
    stage.show(snapshots.unhealthy)
    polled(page, stage)
    page.keyboard.press("r")
    expect(page.locator(HEADLINE)).to_have_text("Unhealthy")
    expect(page.locator("details[open] summary")).to_contain_text(name)
    expect(page.locator(":popover-open")).to_have_count(1)


def test_provenance_opens_by_keyboard(opened, stage):
    """Tab to a figure, Enter opens where it is from, Escape closes it."""
    page = opened()
    page.locator(".numbers .f").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(":popover-open")).to_contain_text("Good for 20 s")
    page.keyboard.press("Escape")
    expect(page.locator(":popover-open")).to_have_count(0)


def test_the_first_tab_skips_to_the_content(opened, stage):
    """Keyboard readers need not walk through the bar."""
    page = opened()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_without_script_the_page_is_whole(opened, stage):
    """Figures, provenance, folds and a refresh of its own."""
    stage.show(snapshots.unhealthy)
    page = opened(java_script_enabled=False)
    expect(page.locator(HEADLINE)).to_have_text("Unhealthy")
    page.locator(".totals .f").first.click()
    expect(page.locator(":popover-open")).to_contain_text("Good for 20 s")
    page.locator("summary").first.click()
    expect(page.locator("details[open]")).to_have_count(1)
    assert "refresh" in page.locator(
        "head noscript, head meta[http-equiv]"
    ).evaluate_all("found => found.map(e => e.outerHTML).join()")


@pytest.mark.parametrize(
    "name", ["unhealthy", "unknown", "held_over", "partial", "hostile"]
)
def test_nothing_sticks_out(opened, stage, name):
    """No sideways scrolling, from a small phone to a wall; hostile text does nothing."""
    stage.show(getattr(snapshots, name))
    page = opened()
    for width in (320, 390, 1440, 3840):
        page.set_viewport_size({"width": width, "height": 900})
        overhang = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert (width, overhang) == (width, 0)
    assert page.evaluate("window.hit") is None


@pytest.mark.parametrize(
    ("words", "rows"), [("2 s", 1), ("does not drain, grows by 1,234 a minute", 2)]
)
def test_no_table_of_a_queue_is_cut_on_a_wide_screen(opened, stage, words, rows):
    """Tables stand side by side, and those that are too wide for it below each other."""
    page = opened(viewport={"width": 3840, "height": 2160})
    cut, tops = page.evaluate(
        """words => {
          for (const figure of document.querySelectorAll('[data-th="Drains in"] .f'))
            figure.firstChild.data = words;
          const tables = [...document.querySelectorAll(".queues > .panel > .scroll")];
          return [
            tables.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth),
            tables.map((table) => table.parentElement.offsetTop),
          ];
        }""",
        words,
    )
    assert cut == [0, 0]
    assert len(set(tops)) == rows


def test_targets_are_large_enough(opened, stage):
    """Everything that can be pressed is at least 24 px high."""
    page = opened()
    small = page.evaluate(
        """() => [...document.querySelectorAll("main button, summary, input, a.runbook")]
          .filter(found => found.checkVisibility())
          .filter(found => found.getBoundingClientRect().height < 24)
          .map(found => found.outerHTML)"""
    )
    assert small == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["unhealthy", "held_over"])
def test_text_has_contrast(opened, stage, name, scheme):
    """At least 4.5 to 1 for every text, in both schemes (WCAG AA)."""
    stage.show(getattr(snapshots, name))
    page = opened(color_scheme=scheme)
    assert page.evaluate(CONTRAST) == []


CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const pixel = (...layers) => {
    canvas.globalCompositeOperation = "source-over";
    for (const layer of layers) { canvas.fillStyle = layer; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = rgb => rgb
    .map(part => part / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const grounds = element => element
    ? [...grounds(element.parentElement), getComputedStyle(element).backgroundColor] : ["white"];
  const poor = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    const below = grounds(element);
    const [a, b] = [light(pixel(...below)), light(pixel(...below, getComputedStyle(element).color))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.add(`${element.className} ${walker.currentNode.data.trim()} ${ratio.toFixed(2)}`);
  }
  return [...poor];
}"""
