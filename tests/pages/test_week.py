"""The overview over a week of polls, in short: its memory after ten thousands of swaps."""

from dataclasses import replace
from datetime import timedelta
from itertools import cycle

from opspanel.live.projection import OVERVIEW
from opspanel.live.ready import Shown, rendered
from tests import snapshots
from tests.memory import stays_flat
from tests.pages.stage import context
from tests.servers import environment

# A week of polls is 60,480; `make soak` asks for all of them.
SWAPS = int(environment.get("OVERVIEW_SWAPS", "200"))
# Each swap brings the next poll, so that the page's own pace is not waited for.
HURRY = """() => {
  window.swaps = 0;
  const poll = document.getElementById("poll");
  const ask = () => poll.dispatchEvent(new Event("ops:poll"));
  document.addEventListener("ops:swapped", () => {
    window.swaps += 1;
    setTimeout(ask);
  });
  ask();
}"""


def rated(rate):
    """A healthy platform whose first service answers `rate` requests each second."""

    def build(now):
        healthy = snapshots.healthy(now)
        first, *others = healthy.throughput
        first = replace(first, rate=replace(first.rate, value=rate))
        return replace(healthy, throughput=(first, *others))

    return build


# Most polls bring some new figure; of five, two change nearly all there is.
FACES = (*(rated(100.0 + number) for number in range(4)), snapshots.unhealthy)


def parts(now):
    """What five polls bring, at no cost: newer than what the page has, and none older
    than another."""
    taken_at = now + timedelta(minutes=1)
    shown = [context(replace(build(now), taken_at=taken_at), now) for build in FACES]
    return [Shown.of(each["version"], rendered(OVERVIEW, each)) for each in shown]


def test_its_memory_stays_flat(opened, stage, record_property):
    """Each swap is made of the last part and of what changed; after the garbage is
    collected no more is held than before, nor more nodes."""
    stage.interval = 3600.0  # a question of its own would come between two of the week
    stage.show(snapshots.healthy)
    week = parts(stage.now())
    for part in week:
        stage.ready.keep(part)
    turns = cycle(week)
    stage.answer_next = lambda request: stage.news(request, next(turns))
    stage.act = "next"
    page = opened()
    stays_flat(page, HURRY, after=100, swaps=SWAPS, tell=record_property)
    assert stage.edits >= SWAPS
    assert page.faults == []
