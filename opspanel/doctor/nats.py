"""Is JetStream readable, do the streams that panel.toml names exist, and do its servers
tell of themselves?"""

import asyncio
from collections.abc import Iterator

from opspanel.doctor.finding import Finding, fail, failed, note, ok
from opspanel.panel.config import PanelConfig
from opspanel.readings import NatsReading, NatsServerReading, SourceFailedError
from opspanel.sources.nats import NatsAddress, NatsSource
from opspanel.sources.nats_server import NatsServerSource
from opspanel.terms import FailureKind


def examine(address: NatsAddress | None, panel: PanelConfig) -> Iterator[Finding]:
    yield from _jetstream(address, panel)
    for name, url in panel.nats.servers.items():
        yield from _server(f"nats server {name}", str(url), panel)


def _jetstream(address: NatsAddress | None, panel: PanelConfig) -> Iterator[Finding]:
    if address is None:
        yield failed("nats", FailureKind.UNCONFIGURED)
        return
    try:
        reading = asyncio.run(_read(address, panel))
    except SourceFailedError as error:
        yield failed("nats", error.kind)
        return
    answered = f"answers in {reading.took_seconds * 1000:.0f} ms."
    yield ok("nats", f"{answered} {len(reading.streams)} streams seen.")
    yield from _streams(reading)


async def _read(address: NatsAddress, panel: PanelConfig) -> NatsReading:
    source = NatsSource(address, panel)
    try:
        return await source.read()
    finally:
        await source.aclose()


def _server(subject: str, url: str, panel: PanelConfig) -> Iterator[Finding]:
    try:
        reading = asyncio.run(_read_server(url, panel))
    except SourceFailedError as error:
        yield failed(subject, error.kind)
        return
    yield ok(subject, f"answers in {reading.took_seconds * 1000:.0f} ms.")
    if reading.sync_seconds and not panel.nats.early_acks_accepted:
        text = f"acknowledges up to {reading.sync_seconds:.0f} s before it is on disk."
        cure = "set sync_interval: always there, or nats.early_acks_accepted here"
        yield note(subject, text, cure)


async def _read_server(url: str, panel: PanelConfig) -> NatsServerReading:
    source = NatsServerSource(url, panel)
    try:
        return await source.read()
    finally:
        await source.aclose()


def _streams(reading: NatsReading) -> Iterator[Finding]:
    for name in reading.missing:
        text = "is expected, but the cluster does not report it."
        yield fail(f"stream {name}", text, "make it, or drop it from nats.streams")
    for stream in reading.streams:
        if isinstance(stream.consumers, FailureKind):
            yield failed(f"consumers of {stream.name}", stream.consumers)
        elif not stream.has_leader:
            text = "has no leader: its figures cannot be trusted."
            yield fail(f"stream {stream.name}", text, "check its replicas")
    if reading.capped:
        text = "more streams exist than nats.max_streams lets in."
        yield note("streams", text, "raise the limit, or name those of interest")
