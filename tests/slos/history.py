"""Nine days of counters with all that real ones have: restarts, gaps, quiet hours."""

import random
from dataclasses import dataclass, field
from itertools import pairwise

STEP = 60
DAYS = 9
MINUTES = DAYS * 24 * 60
GAP = range(3_000, 3_120)  # two hours in which nothing was scraped
QUIET = range(6_000, 6_300)  # five hours in which nobody came
RECORDED = {"5m": 0.5, "1h": 0.25, "30d": 0.004}
RESTARTS = (2_500, 9_001)


@dataclass
class Counter:
    """What was counted up in each minute, and what a scrape saw of it."""

    name: str
    labels: str
    growth: list[int] = field(default_factory=list)

    def samples(self, start):
        """(time, value) as scraped; a restart begins at zero again."""
        value = 0
        for minute, grown in enumerate(self.growth):
            value = grown if minute in RESTARTS else value + grown
            if minute not in GAP:
                yield start + minute * STEP, value

    def lines(self, start):
        for at, value in self.samples(start):
            yield f"{self.name}{self.labels} {value} {at}"

    def increase(self, start, since):
        """Counted by hand: what was added from one sample to the next, after `since`."""
        seen = [value for at, value in self.samples(start) if at >= since]
        steps = pairwise(seen)
        return sum(new - old if new >= old else new for old, new in steps)


class Histogram:
    """`edges` in seconds; events fall below each with its `shares`."""

    def __init__(self, name, labels, edges, dice):
        self._dice = dice
        self._edges = edges
        inner = f"{labels}," if labels else ""
        self.of = {
            edge: Counter(f"{name}_bucket", f'{{{inner}le="{edge}"}}')
            for edge in (*edges, "+Inf")
        }

    def grow(self, events, shares):
        below = 0
        for edge in self._edges:
            fresh = self._dice.binomialvariate(events - below, shares[edge])
            below += fresh
            self.of[edge].growth.append(below)
        self.of["+Inf"].growth.append(events)


class History:
    """Ends with the minute before `now`. One incident slows the API on the eighth day,
    and one allocation of fifty never gets its event."""

    def __init__(self, now, seed):
        self.dice = random.Random(seed)
        self.start = now // STEP * STEP - MINUTES * STEP
        self.api = Histogram(
            "http_server_request_duration_seconds",
            'service="api"',
            ("0.1", "0.3", "1.0"),
            self.dice,
        )
        # No edge at 0.02: this one cannot be told exactly.
        name = "authz_membership_resolution_seconds"
        self.membership = Histogram(name, "", ("0.01", "0.05"), self.dice)
        name = "allocation_provisioning_event_seconds"
        self.allocation = Histogram(name, "", ("1.0",), self.dice)
        name = "webhook_ledger_credit_seconds"
        self.webhook = Histogram(name, "", ("5.0",), self.dice)
        self.created = Counter("allocation_created_total", "")
        self.received = Counter("webhook_received_total", "")
        for minute in range(MINUTES):
            self._grow(minute)

    def _grow(self, minute):
        events = 0 if minute in QUIET else self.dice.randrange(40, 400)
        bad = 11_000 < minute < 11_200
        self.api.grow(
            events,
            {"0.1": 0.7, "0.3": 0.2 if bad else 0.93, "1.0": 0.6 if bad else 0.98},
        )
        self.membership.grow(events, {"0.01": 0.9, "0.05": 0.95})
        few = events // 20
        self.created.growth.append(few)
        finished = few - self.dice.binomialvariate(few, 0.02)
        self.allocation.grow(finished, {"1.0": 0.995})
        self.received.growth.append(few)
        self.webhook.grow(few, {"5.0": 0.9995})

    def counters(self):
        histograms = (self.api, self.membership, self.allocation, self.webhook)
        for histogram in histograms:
            yield from histogram.of.values()
        yield self.created
        yield self.received

    def openmetrics(self):
        for counter in self.counters():
            kind = counter.name.removesuffix("_total")
            yield f"# TYPE {kind} {'counter' if kind != counter.name else 'unknown'}"
            yield from counter.lines(self.start)
        yield from self._recorded_by_others()
        yield "# EOF"

    def _recorded_by_others(self):
        """As Sloth would have: the share of bad events, for some windows."""
        end = self.start + (MINUTES - 1) * STEP
        for window, share in RECORDED.items():
            name = f"slo:sli_error:ratio_rate{window}"
            yield f"# TYPE {name} gauge"
            yield f'{name}{{sloth_id="api"}} {share} {end}'
