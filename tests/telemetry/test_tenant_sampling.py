"""The limits of tenants within the SDK: what is sent of whom."""

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased
from opentelemetry.trace import StatusCode

from opspanel.telemetry.tenant_limits import Rate, TenantLimits
from opspanel.telemetry.tenant_sampling import BUCKET, FailuresAnyway, TenantSampler


class Platform:
    """Serves requests of tenants, and remembers what was sent of them."""

    def __init__(self, others=ALWAYS_ON):
        self.tenant = ""
        self.sent = InMemorySpanExporter()
        still = lambda: 0.0  # noqa: E731 - a clock that stands
        limits = TenantLimits(still, usual=Rate(0, 2), failures=Rate(0, 1))
        self.provider = TracerProvider(
            ParentBased(TenantSampler(limits, lambda _: self.tenant, others))
        )
        exporting = SimpleSpanProcessor(self.sent)
        self.provider.add_span_processor(exporting)
        self.provider.add_span_processor(FailuresAnyway(limits, exporting))
        self.tracer = self.provider.get_tracer("test")

    def serve(self, tenant, name="request", *, fails=False):
        self.tenant = tenant
        with self.tracer.start_as_current_span(name) as span:
            with self.tracer.start_as_current_span("child") as child:
                child.set_attribute("kept", value=True)
            if fails:
                span.set_status(StatusCode.ERROR)

    def names(self, tenant=None):
        return [
            span.name
            for span in self.sent.get_finished_spans()
            if tenant is None or span.attributes.get("org_id") == tenant
        ]


@pytest.fixture
def platform():
    made = Platform()
    yield made
    made.provider.shutdown()


def test_what_is_within_the_rate_is_sent_whole(platform):
    """With its children, and with the tenant's name on its first span."""
    platform.serve("a")
    assert platform.names() == ["child", "request"]
    assert platform.names("a") == ["request"]


def test_what_is_over_the_rate_is_not_sent(platform):
    """Neither it nor its children, and a neighbour is served as if nothing was."""
    for _ in range(5):
        platform.serve("a")
    platform.serve("b", "of b")
    assert platform.names("a") == ["request"] * 2
    assert len(platform.names()) == 6
    assert "of b" in platform.names("b")


def test_what_failed_over_the_rate_is_sent_from_a_bucket_of_its_own(platform):
    """Its first span alone, marked as drawn by another measure; and not without end."""
    for _ in range(3):
        platform.serve("a")
    platform.sent.clear()
    for _ in range(4):
        platform.serve("a", "failed", fails=True)
    (span,) = platform.sent.get_finished_spans()
    assert span.name == "failed"
    assert span.attributes[BUCKET] == "failed"
    assert span.attributes["org_id"] == "a"
    assert span.status.status_code is StatusCode.ERROR
    assert span.end_time >= span.start_time


def test_what_failed_within_the_rate_is_sent_once(platform):
    """And takes nothing from the bucket of failures."""
    platform.serve("a", fails=True)
    assert platform.names("a") == ["request"]
    assert BUCKET not in platform.sent.get_finished_spans()[-1].attributes


def test_who_is_nobody_shares_one_bucket(platform):
    """What has no tenant cannot be the way around."""
    for _ in range(5):
        platform.serve("")
    assert platform.names().count("request") == 2


def test_what_is_not_wanted_at_all_costs_no_tenant_its_rate():
    """The next sampler goes first."""
    platform = Platform(ALWAYS_OFF)
    for _ in range(3):
        platform.serve("a", fails=True)
    assert platform.names() == []
    platform.provider.shutdown()


def test_a_tenant_that_a_span_names_itself_is_not_believed(platform):
    """Only what the edge said counts: attributes are anybody's."""
    platform.tenant = "a"
    for number in range(5):
        with platform.tracer.start_as_current_span(
            "request", attributes={"org_id": f"other {number}"}
        ):
            pass
    assert platform.names("a") == ["request"] * 2
    assert len(platform.names()) == 2
