"""Random faults, one after the other and at once: the page never looks fresh when it is
not. Somebody who knows the truth looks at it four times a second."""

import random
import secrets
from collections import Counter
from threading import Event

import pytest

from opspanel.snapshot.outdated import stale_after
from tests import snapshots
from tests.pages.hurried import HurriedPage, HurriedStage
from tests.pages.stage import serving
from tests.servers import environment

# `make soak` asks for a thousand. A seed that failed can be given again.
SCHEDULES = int(environment.get("ORACLE_SCHEDULES", "2"))
SEED = environment.get("ORACLE_SEED") or secrets.token_hex(4)
INTERVAL = 5.0
STALE = stale_after(INTERVAL)
# An answer that takes longer is not let in; ages tick each second, polls each half.
JOURNEY, TICK = 5.0, 1.5
LOST = 2 * INTERVAL + 1
# After it has slept a page asks, and knows itself lost only by then.
AWAKE = LOST + JOURNEY + TICK
FACES = (snapshots.healthy, snapshots.degraded, snapshots.unhealthy)
ACTS = ("never", "late", "behind", "failing", "proxy", "tampered")
NETWORK = ("refused", "hangs", "trickle", "cut", "reset", "garbage")
# No answer to wait for.
SILENT = {"never", "late", "hangs", "trickle"}


class Schedule:
    """One hour's worth of trouble for a page; `seen` counts samples by what they were."""

    def __init__(self, browser, dice, seen):
        self.dice, self.seen = dice, seen
        self.awake_at = -AWAKE
        self.hidden = False
        self.story = []
        with serving(HurriedStage()) as stage:
            stage.interval = INTERVAL
            stage.show(dice.choice(FACES))
            self.stage, self.view = stage, HurriedPage(browser, stage)
            try:
                self.run()
            finally:
                self.view.close()

    def run(self):
        offline(self)  # once at least, whatever the dice say
        self.play(LOST + JOURNEY + TICK)
        self.heal()
        for _ in range(self.dice.randint(4, 7)):
            self.trouble()
        self.heal()
        samples = self.play(4 * INTERVAL)
        assert samples[-1][1], f"it did not become well again: {self.told()}"

    def trouble(self):
        """Some of what can be wrong, at once, for some time; then none of it, or not."""
        what = self.dice.sample(sorted(TROUBLE), self.dice.randint(1, 2))
        for name in what:
            TROUBLE[name](self)
        self.play(self.dice.uniform(1, 60))
        if self.dice.random() < 0.7:
            self.heal()
            self.play(self.dice.uniform(0.5, 15))

    def act(self, name, how):
        self.story.append(f"{name} {how}")
        return how

    def heal(self):
        self.act("all", "well")
        self.release()
        self.stage.act, self.stage.collects = "well", True
        self.view.proxy.set("")
        self.view.tell("cutOff", value=False)
        self.hide(whether=False)

    def release(self):
        """Answers that hang come now: no later play waits for them."""
        self.stage.released.set()
        self.stage.released = Event()

    def hide(self, *, whether):
        if whether != self.hidden:
            self.view.tell("hide", whether)
        self.hidden = whether

    def play(self, seconds):
        self.story.append(f"{seconds:.1f} s")
        proxied = self.view.proxy._fault
        samples = self.view.play(
            seconds, answered=not SILENT & {self.stage.act, proxied}
        )
        for sample in samples:
            self.judge(*sample)
        return samples

    def judge(self, at, fresh, age, status):
        """A tab that nobody sees deceives nobody."""
        known = "looks fresh" if fresh else "marked"
        self.seen["hidden" if self.hidden else known] += 1
        if not fresh or self.hidden or at < self.awake_at + AWAKE:
            return
        silent = self.stage.silent_at(at)
        old = age > STALE + JOURNEY + TICK or silent > LOST + JOURNEY + TICK
        assert not old, (
            f"looks {status}, {age:.1f} s old, {silent:.1f} s silent: {self.told()}"
        )

    def told(self):
        return f"ORACLE_SEED={SEED}: {', '.join(self.story)}"


def answers(schedule):
    schedule.release()
    schedule.stage.act = schedule.act("answers", schedule.dice.choice(ACTS))


def network(schedule):
    schedule.view.proxy.set(schedule.act("network", schedule.dice.choice(NETWORK)))


def offline(schedule):
    schedule.view.tell("cutOff", bool(schedule.act("network", "offline")))


def collector(schedule):
    schedule.stage.collects = not schedule.act("collector", "silent")


def platform(schedule):
    face = schedule.dice.choice(FACES)
    schedule.stage.show(face)
    schedule.act("platform", face.__name__)


def clock(schedule):
    """Of the browser: hours or years ahead or behind."""
    leap = schedule.dice.choice([-1, 1]) * 10 ** schedule.dice.uniform(3, 11)
    schedule.view.tell("leapBy", schedule.act("date, ms", round(leap)))


def sleep(schedule):
    """The computer: nothing counts meanwhile, and the world goes on."""
    slept = schedule.act("slept, ms", round(10 ** schedule.dice.uniform(3, 8)))
    schedule.view.tell("suspend", slept)
    woke(schedule, slept)


def freeze(schedule):
    """The tab: clocks count, and nothing runs."""
    frozen = schedule.act("frozen, ms", round(10 ** schedule.dice.uniform(3, 7)))
    schedule.view.tell("freeze", frozen)
    woke(schedule, frozen)


def woke(schedule, after):
    schedule.stage.ahead += after / 1000
    schedule.awake_at = schedule.stage.ahead


def hidden(schedule):
    schedule.hide(whether=bool(schedule.act("tab", "hidden")))


TROUBLE = {
    each.__name__: each
    for each in (
        answers,
        network,
        offline,
        collector,
        platform,
        clock,
        sleep,
        freeze,
        hidden,
    )
}


@pytest.fixture
def seen():
    return Counter()


def test_it_never_looks_fresh_when_it_is_not(browser, seen, record_property):
    """Old, or long without an answer, and not marked: not for a quarter of a second. And
    it is well again after each schedule, by itself."""
    for number in range(SCHEDULES):
        Schedule(browser, random.Random(f"{SEED} {number}"), seen)
    record_property("seed", SEED)
    record_property("schedules", SCHEDULES)
    for what, samples in seen.items():
        record_property(f"seconds {what}", samples // 4)
    assert seen["looks fresh"]
    assert seen["marked"]
