"""What one tenant has too many of is at nobody else's cost."""

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Status, StatusCode

from opspanel import tracing
from opspanel.telemetry.buckets import Buckets
from opspanel.telemetry.failures import FailuresToo
from opspanel.telemetry.sampling import sampler
from opspanel.telemetry.setup import Belonging
from opspanel.tracing import Tenant, entered, span
from tests.telemetry.test_export import Kept

NOISY, QUIET = Tenant("org-noisy"), Tenant("org-quiet", "project-1")


class Clock:
    """Stands still until it is told."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class Traced:
    """A process with limits of a test's own."""

    def __init__(self):
        self.clock, self.kept = Clock(), Kept()
        traces = Buckets(per_second=2, at_once=4, clock=self.clock)
        failures = Buckets(per_second=1, at_once=3, clock=self.clock)
        self.provider = TracerProvider(sampler(traces))
        self.provider.add_span_processor(Belonging())
        self.provider.add_span_processor(FailuresToo(self.kept, failures))
        self.tracer = self.provider.get_tracer(tracing.SCOPE)

    def work(self, whose, *, fails=False):
        """A request, with a part that may fail."""
        with (
            entered("request", {}, tracer=self.tracer, tenant=whose),
            span("part", tracer=self.tracer) as part,
        ):
            if fails:
                part.set_status(Status(StatusCode.ERROR))

    def sent(self, whose, name="request"):
        self.provider.force_flush()
        org_id = whose.org_id if whose else None
        return sum(
            each.name == name and each.attributes.get("org_id") == org_id
            for each in self.kept.spans
        )


@pytest.fixture
def traced():
    made = Traced()
    yield made
    made.provider.shutdown()


def test_a_noisy_tenant_is_cut_and_a_quiet_one_loses_nothing(traced):
    """Whoever comes before, between and after it."""
    for _ in range(300):
        traced.work(NOISY)
    traced.work(QUIET)
    for _ in range(300):
        traced.work(NOISY)
    assert traced.sent(NOISY) == 4
    assert traced.sent(QUIET) == 1


def test_it_gets_more_as_time_goes_on(traced):
    """Two a second, and no more saved up than four."""
    for seconds in (0, 1, 60):
        traced.clock.now += seconds
        for _ in range(20):
            traced.work(NOISY)
    assert traced.sent(NOISY) == 4 + 2 + 4


def test_failures_have_a_limit_of_their_own(traced):
    """Of what was not to be sent, the part that failed is; not endlessly either."""
    for _ in range(4):
        traced.work(NOISY)
    for _ in range(50):
        traced.work(NOISY, fails=True)
    assert traced.sent(NOISY) == 4
    assert traced.sent(NOISY, "part") == 4 + 3


def test_a_failure_of_another_tenant_still_fits(traced):
    """The limit is each tenant's own."""
    for _ in range(50):
        traced.work(NOISY, fails=True)
    for _ in range(5):
        traced.work(QUIET)
    traced.work(QUIET, fails=True)
    assert traced.sent(QUIET) == 4
    assert traced.sent(QUIET, "part") == 4 + 1


def test_the_platforms_own_work_has_no_such_limit(traced):
    """Nor does it say whose it is."""
    for _ in range(20):
        traced.work(None)
    assert traced.sent(None) == 20


def test_spans_say_whose_they_are(traced):
    """All parts, not only the first."""
    traced.work(QUIET)
    traced.provider.force_flush()
    for each in traced.kept.spans:
        assert each.attributes["org_id"] == QUIET.org_id
        assert each.attributes["project_id"] == QUIET.project_id


def test_names_are_bounded():
    """Whoever makes up tenants takes no memory; a tenant that is there keeps its count."""
    buckets = Buckets(per_second=0.001, at_once=1, most=10, clock=Clock())
    assert buckets.take("steady")
    for number in range(1000):
        assert buckets.take(f"made-up-{number}")
        assert not buckets.take("steady")
    assert len(buckets) == 10
