"""What a refresh with news weighs on the wire, and what it costs a browser's main thread.

    python -m bench.swap [CHANGES]

A reader of a stack of its own collects so many changes (20), at a pass each five seconds.
A real Chromium is then sent the same ones again without a pause, as the server sent them:
from the answer to the morphed and laid out page, beside what it takes to set the same
part as innerHTML: on a busy machine only their ratio tells something.
"""

import itertools
import os
import statistics
import sys
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route, sync_playwright

from bench import crowd, stack
from bench.figures import tell
from bench.parts import Parts
from bench.readers import make_sessions
from tests.chromium import FLAGS, chromium

CHANGES = 20
SWAPS = 200
GOAL_BYTES = 1_500
COMMAND = "python -m bench.swap"
# What is recorded is older than the page that it is sent to.
_LONG_AGO = 'document.getElementById("live").dataset.taken = "2000-01-01T00:00:00Z"'
_MARKS = """
let answered = 0;
const on = (name, act, first) => document.addEventListener(name, act, first);
on("htmx:after:request", () => (answered = performance.now()), true);
on("htmx:after:swap", () => {
  document.body.offsetHeight; // lays the page out
  window.swapped?.(performance.now() - answered);
});
"""
_SWAP = """
() => new Promise((done) => {
  window.swapped = done;
  document.getElementById("poll").dispatchEvent(new Event("ops:poll"));
})
"""
_SET = """
() => {
  const [live, copy] = [document.getElementById("live"), document.createElement("div")];
  const html = live.outerHTML;
  live.after(copy);
  document.body.offsetHeight;
  const began = performance.now();
  copy.innerHTML = html;
  document.body.offsetHeight;
  const took = performance.now() - began;
  copy.remove();
  return took;
}
"""


@dataclass(frozen=True, slots=True)
class Part:
    """As it was sent `at` seconds since the epoch, `wire` bytes with all headers; of
    edits, `edits_of` names the text that they are of."""

    at: float
    text: str
    edits_of: str
    sent: bytes
    wire: int


class Recorder(crowd.Reader):
    """A reader who remembers what it was sent."""

    def __init__(self, address: tuple[str, int], session: str) -> None:
        super().__init__(address, crowd.POLL, session)
        self.parts: list[Part] = []

    def _take(self, name: str, head: bytes, body: bytes, parts: Parts) -> None:
        super()._take(name, head, body, parts)
        self.parts.append(
            Part(time.time(), name, crowd.edits_of(head), body, len(self.buffer))
        )


def main() -> None:
    changes = int(sys.argv[1]) if sys.argv[1:] else CHANGES
    with stack.running() as ready:
        os.environ["OPSPANEL_RUN_DIR"] = ready["run_dir"]
        one, other = make_sessions(2)
        parts = recorded(ready["url"], one, changes)
        weigh([part.wire for part in parts if part.edits_of])
        with page_of(ready["url"], other) as page:
            Browser(page, parts).measure()


def recorded(url: str, session: str, changes: int) -> list[Part]:
    """A whole part, and as many edits, each of the one before."""
    place = urlsplit(url)
    reader = Recorder((str(place.hostname), place.port or 80), session)
    with crowd.Crowd([reader]) as one:
        while len(reader.parts) <= changes:
            one.poll(1.0, 5.0)
    return reader.parts


def weigh(sizes: list[int]) -> None:
    over = sum(size > GOAL_BYTES for size in sizes)
    told = (
        f"{min(sizes)}, {statistics.median(sizes):.0f} and {max(sizes)} bytes (least, "
        f"median, most); {over} of {len(sizes)} above {GOAL_BYTES}"
    )
    tell("a refresh with news, with its headers", told, COMMAND)


@contextmanager
def page_of(url: str, session: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        # Our policy allows nobody to set innerHTML, which is what swaps are held against.
        context = browser.new_context(
            viewport={"width": 1440, "height": 900}, bypass_csp=True
        )
        context.add_init_script(_MARKS)
        context.add_cookies([{"name": "ops_session", "value": session, "url": url}])
        page = context.new_page()
        page.goto(url + crowd.POLL)
        yield page
        browser.close()


class Browser:
    """A page that is sent `parts` by its own questions, over and over."""

    def __init__(self, page: Page, parts: Sequence[Part]) -> None:
        self._page = page
        self._parts = itertools.cycle(parts)
        self._devtools = page.context.new_cdp_session(page)
        self._devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._build = page.locator("#poll").get_attribute("data-build") or ""
        page.route("**/overview?*", self._answer)

    def _answer(self, route: Route) -> None:
        part = next(self._parts)
        if not part.edits_of:
            self._page.evaluate(_LONG_AGO)
        said = {"X-Ops-Edits-Of": part.edits_of} if part.edits_of else {}
        headers = {
            "Content-Type": "application/json" if part.edits_of else "text/html",
            "X-Ops-Fragment": "1",
            "X-Ops-Text": part.text,
            "X-Ops-Build": self._build,
            # As old as it was then: what is out of date is drawn anew with each swap.
            "X-Ops-Now": str(int(part.at * 1000)),
        }
        body = zlib.decompress(part.sent, 31)
        route.fulfill(headers=headers | said, body=body)

    def measure(self) -> None:
        swaps: list[float] = []
        processor: list[float] = []
        plain: list[float] = []
        for _ in range(SWAPS):
            before = self._processor()
            swaps.append(self._page.evaluate(_SWAP))
            processor.append(self._processor() - before)
            plain.append(self._page.evaluate(_SET))
        tell("a swap", _told(swaps), COMMAND)
        tell("all that its thread did, painting among it", _told(processor), COMMAND)
        tell("the same part set as innerHTML", _told(plain), COMMAND)

    def _processor(self) -> float:
        """Milliseconds of the page's thread so far, by its own clock. Those of script
        alone lack what waits for a promise, which most of a swap does."""
        told = self._devtools.send("Performance.getMetrics")["metrics"]
        spent = {each["name"]: each["value"] for each in told}
        return 1000 * spent["TaskDuration"]


def _told(times: list[float]) -> str:
    last = statistics.quantiles(times, n=20)[-1]
    return (
        f"{statistics.median(times):.1f}, {last:.1f} and {max(times):.1f} ms (p50, p95, "
        f"most) of {len(times)}"
    )


if __name__ == "__main__":
    main()
