"""Which traces are recorded.

All of the platform's own, but of an open page's polls only some: a page asks again every
few seconds and is told that nothing changed, and a thousand pages would fill a backend
with that. Of a tenant so many in a second. Whoever comes with a trace decided already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, override

from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import (
    ParentBased,
    Sampler,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace import Link, SpanKind, TraceState
from opentelemetry.util.types import Attributes

from opspanel import tracing
from opspanel.telemetry.tenant_limits import TenantLimits
from opspanel.telemetry.tenant_sampling import TenantSampler

POLLS = 0.01


@dataclass(frozen=True, slots=True)
class Roots(Sampler):
    """Of traces that begin here."""

    own: Sampler
    polls: Sampler
    tenants: Sampler

    @override
    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        given: dict[str, Any] = {"kind": kind, "attributes": attributes, "links": links}
        return self._judge(name).should_sample(
            parent_context, trace_id, name, **given, trace_state=trace_state
        )

    def _judge(self, name: str) -> Sampler:
        if tracing.tenant():
            return self.tenants
        return self.polls if name == tracing.POLL else self.own

    @override
    def get_description(self) -> str:
        return "all of the platform, some polls, so many of each tenant"


def sampler(ratio: float, limits: TenantLimits) -> Sampler:
    own = TraceIdRatioBased(ratio)
    polls = TraceIdRatioBased(ratio * POLLS)
    return ParentBased(Roots(own, polls, TenantSampler(limits, tenant_of, own)))


def tenant_of(_context: Context | None) -> str:
    whose = tracing.tenant()
    return whose.org_id if whose else ""
