"""Which traces are recorded: all, but of an open page's polls only some.

A page asks again every few seconds, and is told that nothing changed; a thousand pages
would fill a backend with that. Whoever comes with a trace decided already.
"""

from collections.abc import Sequence
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

from opspanel import env

POLL = "poll"
POLLS = 0.01


class _Roots(Sampler):
    def __init__(self, ratio: float) -> None:
        self._others = TraceIdRatioBased(ratio)
        self._polls = TraceIdRatioBased(ratio * POLLS)

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
        judge = self._polls if name == POLL else self._others
        given: dict[str, Any] = {"kind": kind, "attributes": attributes, "links": links}
        return judge.should_sample(
            parent_context, trace_id, name, **given, trace_state=trace_state
        )

    def get_description(self) -> str:
        return "all, and some of the polls"


def sampler() -> Sampler:
    return ParentBased(_Roots(env.trace_ratio()))
