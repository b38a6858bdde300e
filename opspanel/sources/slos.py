"""How Prometheus counts the events of each SLO, over windows of minutes to weeks.

Weeks are dear to ask for and move slowly: they are asked for once a minute, apart from
the pass over health and rates, and the answer is kept meanwhile.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Mapping

from opspanel.panel.config import PanelConfig
from opspanel.readings import Answer, Sample, SloReading, SourceFailedError
from opspanel.sources._clock import utc_now
from opspanel.sources._prometheus_http import PrometheusAddress, open_client
from opspanel.sources._prometheus_pass import Pass
from opspanel.sources._promql import Pieces
from opspanel.sources._slo_promql import queries
from opspanel.terms import FailureKind

type Answers = Mapping[str, Answer[tuple[Sample, ...]]]


class SloSource:
    def __init__(
        self,
        address: PrometheusAddress,
        panel: PanelConfig,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = open_client(address)
        self._limits = panel.collection
        self._by_window = _by_window(panel)
        self._clock = clock
        self._kept: SloReading | None = None
        self._asked_at = 0.0

    async def read(self) -> SloReading:
        """Raise SourceFailedError if no query at all was answered."""
        rest = self._limits.slo_interval_seconds
        if self._kept is None or self._clock() - self._asked_at >= rest:
            self._kept, self._asked_at = None, self._clock()
            self._kept = await self._ask()
        return self._kept

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _ask(self) -> SloReading:
        observed_at, began = utc_now(), time.monotonic()
        this = Pass(
            self._client,
            seconds=self._limits.slo_deadline_seconds,
            max_bytes=self._limits.max_bytes,
            max_series=self._limits.max_series,
        )
        found = await asyncio.gather(
            *(_each_once(this, pieces) for pieces in self._by_window)
        )
        answers = {name: answer for each in found for name, answer in each.items()}
        failures = [each for each in answers.values() if isinstance(each, FailureKind)]
        if answers and len(failures) == len(answers):
            raise SourceFailedError(failures[0], this.retry_after)
        return SloReading(
            observed_at=observed_at,
            took_seconds=time.monotonic() - began,
            reads=this.reads,
            answers=answers,
        )


def _by_window(panel: PanelConfig) -> tuple[Pieces, ...]:
    groups: dict[str, dict[str, str]] = defaultdict(dict)
    for slo in panel.slos:
        for window, asked in queries(slo, panel.labels):
            groups[window] |= asked
    return tuple(groups.values())


async def _each_once(this: Pass, pieces: Pieces) -> Answers:
    """SLOs of one histogram share their questions."""
    asked_as = {query: name for name, query in pieces.items()}
    answers = await this.instant({name: query for query, name in asked_as.items()})
    return {name: answers[asked_as[query]] for name, query in pieces.items()}
