"""Which traces are recorded.

All of the platform's own, but of an open page's polls only some: a page asks again every
few seconds and is told that nothing changed, and a thousand pages would fill a backend
with that. Of a tenant so many in a second: what one has too many of must not take the
place of another's. Whoever comes with a trace decided already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, override

from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import (
    Decision,
    ParentBased,
    Sampler,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace import Link, SpanKind, TraceState
from opentelemetry.util.types import Attributes

from opspanel import env, tracing
from opspanel.telemetry.buckets import Buckets

POLL = "poll"
POLLS = 0.01
TRACES_PER_SECOND = 20.0
TRACES_AT_ONCE = 40.0


@dataclass(frozen=True, slots=True)
class Roots(Sampler):
    """Of traces that begin here. What a tenant has too many of is recorded without being
    sent, so that it is known whether it failed."""

    others: Sampler
    polls: Sampler
    tenants: Buckets

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
        whose = tracing.tenant()
        if whose is not None and not self.tenants.take(whose.org_id):
            return SamplingResult(Decision.RECORD_ONLY, attributes, trace_state)
        judge = self.polls if name == POLL else self.others
        given: dict[str, Any] = {"kind": kind, "attributes": attributes, "links": links}
        return judge.should_sample(
            parent_context, trace_id, name, **given, trace_state=trace_state
        )

    @override
    def get_description(self) -> str:
        return "all of the platform, some polls, so many of each tenant"


class _RecordedToo(Sampler):
    """A part of a trace that is not sent is recorded where the trace may fail."""

    @override
    def should_sample(self, *args: Any, **kwargs: Any) -> SamplingResult:
        kept_back = tracing.tenant() is not None
        decision = Decision.RECORD_ONLY if kept_back else Decision.DROP
        return SamplingResult(decision, kwargs.get("attributes"))

    @override
    def get_description(self) -> str:
        return "recorded for its failures"


def of_tenants() -> Buckets:
    return Buckets(TRACES_PER_SECOND, TRACES_AT_ONCE)


def sampler(tenants: Buckets) -> Sampler:
    ratio = env.trace_ratio()
    roots = Roots(
        others=TraceIdRatioBased(ratio),
        polls=TraceIdRatioBased(ratio * POLLS),
        tenants=tenants,
    )
    return ParentBased(roots, local_parent_not_sampled=_RecordedToo())
