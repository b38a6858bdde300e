"""How much telemetry each tenant may make, at any rate and in any order."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opspanel.telemetry.tenant_limits import Buckets, Rate, TenantLimits

RATE = Rate(per_second=5, burst=10)
# `(seconds since the last one, which tenant)`, tenant 0 being the one that is looked at.
ARRIVALS = st.lists(
    st.tuples(st.floats(0, 3, allow_nan=False), st.integers(0, 4)), max_size=120
)


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@settings(deadline=None)
@given(ARRIVALS)
def test_nobody_gets_more_than_the_burst_and_the_rate(arrivals):
    """In any stretch of time, whatever others do."""
    clock = Clock()
    buckets = Buckets(RATE, clock)
    kept = []
    for wait, tenant in arrivals:
        clock.now += wait
        if buckets.take(str(tenant)) and tenant == 0:
            kept.append(clock.now)
    for first, began in enumerate(kept):
        for count, ended in enumerate(kept[first:], start=1):
            assert count <= RATE.burst + RATE.per_second * (ended - began) + 1e-6


@settings(deadline=None)
@given(ARRIVALS)
def test_what_a_tenant_gets_depends_on_that_tenant_alone(arrivals):
    """With neighbours and without the same is kept."""
    alone, among = Clock(), Clock()
    one, all_of_them = Buckets(RATE, alone), Buckets(RATE, among)
    for wait, tenant in arrivals:
        alone.now += wait
        among.now += wait
        kept = all_of_them.take(str(tenant))
        if tenant == 0:
            assert kept == one.take("0")


def test_a_flood_takes_nothing_from_a_quiet_neighbour():
    """300 to 1: the quiet one keeps all, the noisy one its rate."""
    clock = Clock()
    limits = TenantLimits(clock)
    quiet = noisy = 0
    for _ in range(1000):
        clock.now += 0.1
        quiet += limits.begins("quiet")
        noisy += sum(limits.begins("noisy") for _ in range(300))
    assert quiet == 1000
    assert 1990 <= noisy <= 2045


def test_failures_and_the_rest_leave_each_other_alone():
    """A flood of either is no reason to lose the other."""
    limits = TenantLimits(Clock(), usual=Rate(1, 5), failures=Rate(1, 2))
    assert sum(limits.begins("a") for _ in range(100)) == 5
    assert sum(limits.failed("a") for _ in range(100)) == 2
    assert not limits.begins("a")
    assert limits.failed("b")
    assert limits.begins("b")


def test_memory_is_bounded_and_who_floods_is_not_forgotten():
    """Names by the thousand push out whoever was silent the longest."""
    clock = Clock()
    buckets = Buckets(Rate(0, 3), clock, most=50)
    kept = 0
    for number in range(5000):
        buckets.take(f"passer-by {number}")
        kept += buckets.take("noisy")
    assert len(buckets) == 50
    assert kept == 3


def test_a_clock_that_goes_back_gives_and_takes_nothing():
    """Monotonic ones do not; should one, no bucket is the worse for it."""
    clock = Clock()
    buckets = Buckets(Rate(1, 2), clock)
    assert buckets.take("a")
    clock.now -= 50
    assert [buckets.take("a") for _ in range(2)] == [True, False]


def test_threads_do_not_share_a_token():
    """One is never taken twice."""
    buckets = Buckets(Rate(0, 500), Clock())
    kept = []

    def take():
        kept.extend(buckets.take("a") for _ in range(400))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(kept) == 500


@pytest.mark.parametrize("tenant", ["", "a" * 10_000, "\0", "ü"])
def test_any_name_is_a_tenant(tenant):
    """The one of nobody, too."""
    assert Buckets(RATE, Clock()).take(tenant)
