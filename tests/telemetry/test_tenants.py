"""Work says whose it is, and what one tenant has too many of is at nobody else's cost."""

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from opspanel import tracing
from opspanel.telemetry.sampling import sampler
from opspanel.telemetry.setup import Belonging
from opspanel.telemetry.tenant_limits import Rate, TenantLimits
from opspanel.tracing import Tenant, entered, span
from tests.telemetry.test_export import Kept

NOISY, QUIET = Tenant("org-noisy"), Tenant("org-quiet", "project-1")


class Traced:
    """A process in which time stands still, and a tenant may begin four traces."""

    def __init__(self):
        self.kept = Kept()
        limits = TenantLimits(lambda: 0.0, usual=Rate(per_second=2, burst=4))
        self.provider = TracerProvider(sampler(1.0, limits))
        self.provider.add_span_processor(Belonging())
        self.provider.add_span_processor(SimpleSpanProcessor(self.kept))
        self.tracer = self.provider.get_tracer(tracing.SCOPE)

    def work(self, whose):
        """A request, and a part of it."""
        with (
            entered("request", {}, tracer=self.tracer, tenant=whose),
            span("part", tracer=self.tracer),
        ):
            """Done."""

    def sent(self, whose):
        org_id = whose.org_id if whose else None
        return sum(
            each.name == "request" and each.attributes.get("org_id") == org_id
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


def test_the_platforms_own_work_has_no_such_limit(traced):
    """Nor does it say whose it is."""
    for _ in range(20):
        traced.work(None)
    assert traced.sent(None) == 20


def test_spans_say_whose_they_are(traced):
    """All parts, not only the first; and the next request is another's."""
    traced.work(QUIET)
    traced.work(None)
    *of_quiet, of_nobody, _ = traced.kept.spans
    for each in of_quiet:
        assert each.attributes["org_id"] == QUIET.org_id
        assert each.attributes["project_id"] == QUIET.project_id
    assert "org_id" not in of_nobody.attributes
