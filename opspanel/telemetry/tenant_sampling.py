"""The limits of tenants, as OpenTelemetry asks for them.

What is over a tenant's rate is not sampled, and its children are not even recorded. Its
first span is, since only its end tells whether it failed: then it is sent alone, if the
tenant's bucket of failures allows it.
"""

from collections.abc import Callable, Sequence
from typing import override

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.sdk.trace.sampling import (
    Decision,
    Sampler,
    SamplingResult,
)
from opentelemetry.trace import (
    Link,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    TraceState,
)
from opentelemetry.util.types import Attributes

from opspanel.telemetry.tenant_limits import TenantLimits

ORG_ID = "org_id"
# What is sent for having failed weighs more than what was drawn: whoever counts must know.
BUCKET = "sampling.bucket"
FAILED = "failed"

type TenantOf = Callable[[Context | None], str]
"""Who is served, as the authenticated edge said: never what a client wrote itself, which
is what baggage and a span's attributes may hold. `""` is nobody's, in one bucket."""


class TenantSampler(Sampler):
    """Of the beginnings of traces; `next_sampler` judges what a tenant has left for."""

    def __init__(
        self, limits: TenantLimits, tenant_of: TenantOf, next_sampler: Sampler
    ) -> None:
        self._limits = limits
        self._tenant_of = tenant_of
        self._next = next_sampler

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
        tenant = self._tenant_of(parent_context)
        result = self._next.should_sample(
            parent_context, trace_id, name, kind, attributes, links, trace_state
        )
        decision = result.decision
        # A trace that is not wanted costs a tenant nothing of its rate.
        if decision is Decision.RECORD_AND_SAMPLE and not self._limits.begins(tenant):
            decision = Decision.RECORD_ONLY
        named = {**(result.attributes or {}), **({ORG_ID: tenant} if tenant else {})}
        return SamplingResult(decision, named, result.trace_state)

    @override
    def get_description(self) -> str:
        return f"by tenant, then {self._next.get_description()}"


class FailuresAnyway(SpanProcessor):
    """Hands to `sent` what failed and was over its tenant's rate, as that failures' own
    bucket allows. Beside `sent`, which passes over what is not sampled."""

    def __init__(self, limits: TenantLimits, sent: SpanProcessor) -> None:
        self._limits = limits
        self._sent = sent

    @override
    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Nothing is known yet."""

    @override
    def on_end(self, span: ReadableSpan) -> None:
        context = span.get_span_context()
        if context is None or context.trace_flags.sampled:
            return
        if span.status.status_code is StatusCode.ERROR:
            tenant = str((span.attributes or {}).get(ORG_ID, ""))
            if self._limits.failed(tenant):
                self._sent.on_end(_sampled(span, context))


def _sampled(span: ReadableSpan, context: SpanContext) -> ReadableSpan:
    """A copy that exporters take: they pass over what is not sampled."""
    return ReadableSpan(
        name=span.name,
        context=SpanContext(
            context.trace_id,
            context.span_id,
            context.is_remote,
            TraceFlags(TraceFlags.SAMPLED),
            context.trace_state,
        ),
        parent=span.parent,
        resource=span.resource,
        attributes={**(span.attributes or {}), BUCKET: FAILED},
        events=span.events,
        links=span.links,
        kind=span.kind,
        instrumentation_scope=span.instrumentation_scope,
        status=span.status,
        start_time=span.start_time,
        end_time=span.end_time,
    )
