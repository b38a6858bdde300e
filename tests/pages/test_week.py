"""The overview over a week of polls, in short: its memory after ten thousands of swaps."""

from dataclasses import replace
from datetime import timedelta
from json import dumps

from opspanel.build import build_id
from opspanel.live.answers import EDITS_OF, TEXT
from opspanel.live.projection import OVERVIEW
from opspanel.live.ready import Ready, Shown, rendered
from tests import snapshots
from tests.memory import stays_flat
from tests.pages.stage import context
from tests.servers import environment

# A week of polls is 60,480; `make soak` asks for all of them.
SWAPS = int(environment.get("OVERVIEW_SWAPS", "200"))
# Each swap brings the next poll, so that the page's own pace is not waited for. Answers
# come without a network, of which developer tools would keep ever more; and they are of
# one minute, which must not grow old meanwhile.
HURRY = """(() => {
  const [first, week, now] = [FIRST, WEEK, Date.now()];
  let polls = 0;
  window.fetch = async () => {
    const { html, headers } = polls ? week[polls % week.length] : first;
    polls += 1;
    return new Response(html, { headers: { ...headers, "X-Ops-Now": now } });
  };
  window.swaps = 0;
  const poll = document.getElementById("poll");
  const ask = () => poll.dispatchEvent(new Event("ops:poll"));
  document.addEventListener("ops:swapped", () => {
    window.swaps += 1;
    setTimeout(ask);
  });
  ask();
})()"""


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


def answer(sent):
    """As a page gets it."""
    headers = {"X-Ops-Fragment": "1", "X-Ops-Build": build_id(), TEXT: sent.text}
    if sent.edits_of:
        headers[EDITS_OF] = sent.edits_of
    return {"html": sent.html.decode(), "headers": headers}


def answers(week):
    """The first one whole, and for each part the edits that make it of the one before."""
    ready = Ready(OVERVIEW)
    for part in week:
        ready.keep(part)
    edits = [
        ready.since(earlier.text, later)
        for earlier, later in zip([week[-1], *week], week, strict=False)
    ]
    assert all(each.edits_of for each in edits)
    return answer(week[0]), [answer(each) for each in edits]


def test_its_memory_stays_flat(opened, stage, record_property):
    """Each swap is made of the last part and of what changed; after the garbage is
    collected no more is held than before, nor more nodes."""
    stage.interval = 3600.0  # a question of its own would come between two of the week
    stage.show(snapshots.healthy)
    first, week = answers(parts(stage.now()))
    begin = HURRY.replace("FIRST", dumps(first)).replace("WEEK", dumps(week))
    page = opened()
    stays_flat(page, begin, after=100, swaps=SWAPS, tell=record_property)
    assert page.faults == []
