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


def parts(now):
    """A healthy and a crowded platform in turns, at no cost: both newer than what the
    page has, and neither older than the other."""
    taken_at = now + timedelta(minutes=1)
    shown = [
        context(replace(build(now), taken_at=taken_at), now)
        for build in (snapshots.healthy, snapshots.unhealthy)
    ]
    return [Shown.of(each["version"], rendered(OVERVIEW, each)) for each in shown]


def test_its_memory_stays_flat(opened, stage, record_property):
    """Each swap is made of the last part and of what changed; after the garbage is
    collected no more is held than before, nor more nodes."""
    stage.show(snapshots.healthy)
    healthy, crowded = parts(stage.now())
    for part in (healthy, crowded):
        stage.ready.keep(part)
    turns = cycle([healthy, crowded])
    stage.answer_next = lambda request: stage.news(request, next(turns))
    stage.act = "next"
    page = opened()
    stays_flat(page, HURRY, after=100, swaps=SWAPS, tell=record_property)
    assert stage.edits >= SWAPS
    assert page.faults == []
