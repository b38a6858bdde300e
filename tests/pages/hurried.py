"""A page whose time is ours: an hour of it passes in seconds, tick by tick.

Its timers, its steady clock and its date move only when `play` says so, and answers are
waited for between two ticks; the server is told the page's time with each question.
"""

import json
from bisect import bisect
from datetime import timedelta

from django.utils import timezone

from opspanel.snapshot.outdated import is_stale
from tests.faults.proxy import Proxy
from tests.memory import UNPAINTED
from tests.pages.stage import Stage

SAMPLE_MS = 250
# Real milliseconds for an answer: where one is expected, and where none will come.
PATIENCE, NO_PATIENCE = 20_000, 15
HEADER = "X-Test-Ahead"
NOISE = b'HTTP/1.1 200 OK\r\n\r\n<div id="live">INTRUDER</div>'

SCRIPT = """(() => {
  const later = setTimeout.bind(window);
  const ask = fetch.bind(window);
  const read = Response.prototype.text;
  const timers = new Map();
  let [now, slept, leap, last, offline, asking] = [0, 0, 0, 0, false, new Set()];
  const began = Date.now();
  const add = (act, wait, more, every) => {
    timers.set(++last, { at: now + Math.max(Number(wait) || 0, 1), act, more, every });
    return last;
  };
  window.setTimeout = (act, wait, ...more) => add(act, wait, more, 0);
  window.setInterval = (act, wait, ...more) => add(act, wait, more, Math.max(wait, 1));
  window.clearTimeout = window.clearInterval = (id) => timers.delete(id);
  performance.now = () => now;
  Date.now = () => began + now + slept + leap;

  const awaited = async (promise) => {
    asking.add(promise);
    try { return await promise; } finally { asking.delete(promise); }
  };
  window.fetch = (where, how = {}) => {
    if (offline) return Promise.reject(new TypeError("Failed to fetch"));
    const headers = new Headers(how.headers);
    headers.set("HEADER", now + slept);
    return awaited(ask(where, { ...how, headers }));
  };
  Response.prototype.text = function () { return awaited(read.call(this)); };

  // At once, as a nested timer of the browser's is not.
  const { port1: turns, port2: bell } = new MessageChannel();
  const nextTurn = () => new Promise((done) => { turns.onmessage = done; bell.postMessage(0); });

  const settled = async (patience) => {
    let over = false;
    const ends = new Promise((done) => later(done, patience)).then(() => (over = true));
    do { // an answer has a head and a body
      const any = Promise.race([...asking].map((one) => one.catch(() => 0)).concat([ends]));
      if (asking.size) await any;
      for (let turn = 0; turn < 2; turn++) await nextTurn();
    } while (asking.size && !over);
  };
  const due = (to) =>
    [...timers].filter(([, each]) => each.at <= to).sort(([, a], [, b]) => a.at - b.at)[0];
  const tick = async (to, patience) => {
    for (let next = due(to); next; next = due(to)) {
      const [id, each] = next;
      now = Math.max(now, each.at);
      if (each.every) each.at = now + each.every; else timers.delete(id);
      const before = asking.size;
      each.act(...each.more);
      if (asking.size > before) await settled(patience);
    }
    now = to;
    await settled(0);
  };
  const look = () => {
    const live = document.getElementById("live");
    const lost = document.documentElement.dataset.contact === "lost";
    const fresh = !lost && !live.hasAttribute("data-stale") && live.dataset.taken !== "";
    return [now + slept, fresh, Date.parse(live.dataset.taken), live.dataset.status];
  };
  let left = "";
  navigation.addEventListener("navigate", (event) => {
    left = event.navigationType;
    event.preventDefault();
  });
  window.play = async (ms, patience) => {
    const seen = [];
    await settled(patience); // what was asked between two plays
    for (let to = now + SAMPLE; to <= now + ms; ) {
      const ends = now + ms - SAMPLE;
      await tick(to, patience);
      if (left) throw new Error(`the page would have left: ${left}`);
      seen.push(look());
      ms = ends - now + SAMPLE;
      to = now + SAMPLE;
    }
    return seen;
  };
  window.suspend = (ms) => { slept += ms; };
  window.freeze = (ms) => { now += ms; };
  window.leapBy = (ms) => { leap += ms; };
  window.cutOff = (whether) => { offline = whether; };
  window.hide = (whether) => {
    Object.defineProperty(document, "hidden", { get: () => whether, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  };
})();""".replace("HEADER", HEADER).replace("SAMPLE", str(SAMPLE_MS))


class HurriedStage(Stage):
    """Its time is the page's. `answered`: when it gave good answers; all in seconds since
    the page was opened."""

    def __init__(self):
        super().__init__()
        self.began = timezone.now()
        self.ahead, self.answered = 0.0, [0.0]

    def now(self):
        return self.began + timedelta(seconds=self.ahead)

    def answer(self, request):
        told = float(request.headers.get(HEADER, "0")) / 1000
        self.ahead = max(self.ahead, told)
        return super().answer(request)

    def shown(self):
        """With the version that the product's server would tell: another one once the
        snapshot is too old, so that a page whose clock slept hears what time it is."""
        told = super().shown()
        if is_stale(told["snapshot"].taken_at, told["now"], self.interval):
            told["version"] += "-stale"
        return told

    def silent_at(self, at):
        """For how long it had given none then."""
        return at - self.answered[bisect(self.answered, at) - 1]

    def answer_well(self, request):
        self.answered.append(self.ahead)
        return super().answer_well(request)


class HurriedPage:
    """The page in a browser, behind a proxy that may fail."""

    def __init__(self, browser, stage):
        self.stage = stage
        port = int(stage.url.rpartition(":")[2].partition("/")[0])
        self.proxy = Proxy("127.0.0.1", port, NOISE)
        self.context = browser.new_context()
        self.context.add_init_script(SCRIPT)
        self.page = self.context.new_page()
        self.page.goto(stage.url.replace(str(port), str(self.proxy.port)))
        self.page.evaluate(UNPAINTED)

    def play(self, seconds, *, answered=True):
        """What is seen four times a second, as `(seconds, looks fresh, age, status)`."""
        patience = PATIENCE if answered else NO_PATIENCE
        seen = self.page.evaluate(f"play({seconds * 1000}, {patience})")
        self.stage.ahead = max([self.stage.ahead, *(at / 1000 for at, *_ in seen)])
        began = self.stage.began.timestamp()
        return [
            (at / 1000, fresh, began + at / 1000 - (taken or 0) / 1000, status)
            for at, fresh, taken, status in seen
        ]

    def tell(self, act, value):
        self.page.evaluate(f"{act}({json.dumps(value)})")

    def close(self):
        self.stage.released.set()
        self.context.close()
        self.proxy.close()
