"""Is Prometheus wired as panel.toml expects? The catalogue is read by
prometheus-api-client, whose default time-out is none and whose retries repeat a heavy
query; both are set here. The queries run through the panel's own source."""

import asyncio
from collections.abc import Iterator

import requests
from prometheus_api_client import PrometheusConnect
from prometheus_api_client.exceptions import PrometheusApiClientException
from requests.auth import HTTPBasicAuth
from urllib3.util.retry import Retry

from opspanel.doctor.finding import Finding, fail, failed, note, ok
from opspanel.doctor.promql import metric_names
from opspanel.panel.config import PanelConfig
from opspanel.readings import PrometheusReading, SourceFailedError
from opspanel.sources.prometheus import PrometheusAddress, PrometheusSource
from opspanel.terms import FailureKind

_TIMEOUT_SECONDS = 5


def examine(address: PrometheusAddress | None, panel: PanelConfig) -> Iterator[Finding]:
    if address is None:
        yield failed("prometheus", FailureKind.UNCONFIGURED)
        return
    try:
        reading = asyncio.run(_read(address, panel))
    except SourceFailedError as error:
        yield failed("prometheus", error.kind)
        return
    yield ok("prometheus", f"answers in {reading.took_seconds * 1000:.0f} ms.")
    yield from _clock(reading, panel)
    yield from _answers(reading)
    yield from _metrics(address, panel)


def refused_replica(reason: str) -> Finding:
    return fail("replica's prometheus", reason, "mend it in panel.toml")


async def _read(address: PrometheusAddress, panel: PanelConfig) -> PrometheusReading:
    source = PrometheusSource(address, panel)
    try:
        return await source.read()
    finally:
        await source.aclose()


def _clock(reading: PrometheusReading, panel: PanelConfig) -> Iterator[Finding]:
    skew = reading.skew_seconds
    if skew is not None and abs(skew) > panel.thresholds.clock_skew_seconds:
        text = f"its clock is {skew:+.0f} s from this machine's."
        yield fail("prometheus clock", text, "synchronise both clocks")


def _answers(reading: PrometheusReading) -> Iterator[Finding]:
    silent = 0
    for name, answer in sorted(reading.answers.items()):
        if isinstance(answer, FailureKind):
            yield failed(f"query {name}", answer)
        elif not answer:
            silent += 1
            text = "answers, but there is no such series."
            yield note(f"query {name}", text, "check its labels, or drop the query")
    yield ok("queries", f"{len(reading.answers)} asked, {silent} without a series.")


def _metrics(address: PrometheusAddress, panel: PanelConfig) -> Iterator[Finding]:
    wanted = {
        metric
        for service in panel.services
        for query in panel.promql(service).values()
        for metric in metric_names(query)
    }
    try:
        known = set(_client(address).all_metrics())
    except (requests.RequestException, PrometheusApiClientException, KeyError):
        cure = "allow GET /api/v1/label/__name__/values"
        yield note("metric catalogue", "could not be read.", cure)
        return
    for metric in sorted(wanted - known):
        text = "is in panel.toml but no target exposes it."
        yield fail(f"metric {metric}", text, "mend the query or instrument the service")
    yield ok("metrics", f"{len(wanted & known)} of {len(wanted)} exist.")


def _client(address: PrometheusAddress) -> PrometheusConnect:
    headers = {"Authorization": f"Bearer {address.token}"} if address.token else None
    name, password = address.username, address.password
    return PrometheusConnect(
        url=address.url,
        headers=headers,
        auth=HTTPBasicAuth(name, password) if name and password else None,
        retry=Retry(total=1, backoff_factor=0.2, status_forcelist=[502, 504]),
        timeout=_TIMEOUT_SECONDS,
    )
