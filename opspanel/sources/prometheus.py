"""What Prometheus says of every service, in two or three requests a pass."""

import asyncio
import time
from collections.abc import Mapping

from opspanel.panel.config import PanelConfig
from opspanel.readings import Answer, PrometheusReading, Series, SourceFailedError
from opspanel.sources._clock import utc_now
from opspanel.sources._prometheus_http import PrometheusAddress, open_client
from opspanel.sources._prometheus_pass import Pass
from opspanel.sources._prometheus_wire import Window
from opspanel.sources._promql import CLOCK, instant_groups, trend_pieces
from opspanel.terms import FailureKind

__all__ = ["PrometheusAddress", "PrometheusSource"]

# Trends move by one point per step: they are not asked for in every pass.
PASSES_PER_TREND = 3
LASTING = {FailureKind.BAD_QUERY, FailureKind.TOO_LARGE}

type Trends = Mapping[str, Answer[Series | None]]


class PrometheusSource:
    """Keeps its connections open across passes of one event loop."""

    def __init__(self, address: PrometheusAddress, panel: PanelConfig) -> None:
        self._client = open_client(address)
        self._limits = panel.collection
        self._groups = instant_groups(panel)
        self._trend_pieces = trend_pieces(panel)
        self._trends: Trends = {}
        self._trend_age = PASSES_PER_TREND
        self._skew_seconds = 0.0

    async def read(self) -> PrometheusReading:
        """Raise SourceFailedError if no query at all was answered."""
        observed_at, began = utc_now(), time.monotonic()
        this = self._start_pass()
        groups, trends = await asyncio.gather(
            asyncio.gather(*(this.instant(group) for group in self._groups)),
            self._renewed_trends(this),
        )
        answers = {key: answer for group in groups for key, answer in group.items()}
        clock = answers.pop(CLOCK)
        if isinstance(clock, FailureKind) and all_failed(answers):
            raise SourceFailedError(clock, this.retry_after)
        self._skew_seconds = this.skew_seconds or 0.0
        return PrometheusReading(
            observed_at=observed_at,
            took_seconds=time.monotonic() - began,
            reads=this.reads,
            answers=answers,
            trends=trends,
            warnings=this.warnings,
            skew_seconds=this.skew_seconds,
        )

    async def aclose(self) -> None:
        await self._client.aclose()

    def _start_pass(self) -> Pass:
        return Pass(
            self._client,
            seconds=self._limits.prometheus_deadline_seconds,
            max_bytes=self._limits.max_bytes,
            max_series=self._limits.max_series,
        )

    async def _renewed_trends(self, this: Pass) -> Trends:
        """Ask anew when the held trends are old, or failed for a passing reason."""
        self._trend_age += 1
        failures = {each for each in self._trends.values() if is_failure(each)}
        if self._trend_age >= PASSES_PER_TREND or failures - LASTING:
            self._trend_age = 0
            pieces = self._trend_pieces
            self._trends = await this.over(pieces, self._window()) if pieces else {}
        return self._trends

    def _window(self) -> Window:
        """End at the last whole step by Prometheus' clock, not by ours."""
        step = self._limits.trend_step_seconds
        count = self._limits.trend_minutes * 60 // step
        end = int(time.time() + self._skew_seconds) // step * step
        return Window(start=end - (count - 1) * step, step=step, count=count)


def is_failure(answer: object) -> bool:
    return isinstance(answer, FailureKind)


def all_failed(answers: Mapping[str, object]) -> bool:
    return all(is_failure(answer) for answer in answers.values())
