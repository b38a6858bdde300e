"""JetStream streams and durable consumers of the demo platform."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from opentelemetry.trace import SpanKind, Tracer

from opspanel import correlation
from opspanel.demo.http import belonging, tenant_of
from opspanel.tracing import carried, entered, note, span

DAY = 86_400
MAX_BYTES = 64 * 1024 * 1024
MAX_AGE_DAYS = {
    "PROVISIONING": 7,
    "BILLING": 7,
    "PAYMENTS": 30,
    "APPS": 7,
    "STORAGE": 7,
    "DLQ": 30,
}
# Enough to look at. A full stream would drop its oldest, and the panel would say so.
KEEP_MESSAGES = 20_000
ACK_WAIT_SECONDS = 15
MAX_ACK_PENDING = 256


@dataclass(frozen=True, slots=True)
class Consumer:
    stream: str
    name: str


PROVISIONING = Consumer("PROVISIONING", "provisioning-worker")
BILLING = Consumer("BILLING", "billing-worker")
STORAGE = Consumer("STORAGE", "storage-metering")
PAYMENTS = Consumer("PAYMENTS", "webhook-worker")
APPS = Consumer("APPS", "app-webhooks")
CONSUMERS = (PROVISIONING, BILLING, STORAGE, PAYMENTS, APPS)


def subjects(stream: str) -> str:
    """`PROVISIONING` takes `provisioning.>`."""
    return f"{stream.lower()}.>"


async def ensure(jetstream: JetStreamContext) -> None:
    """Create what is missing; what is there and alike stays as it is."""
    for name, days in MAX_AGE_DAYS.items():
        await jetstream.add_stream(_stream(name, days))
    for consumer in CONSUMERS:
        await jetstream.add_consumer(consumer.stream, _consumer(consumer))


def _stream(name: str, days: int) -> StreamConfig:
    return StreamConfig(
        name=name,
        subjects=[subjects(name)],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        discard=DiscardPolicy.OLD,
        max_bytes=MAX_BYTES,
        max_age=days * DAY,
        num_replicas=1,
    )


def _consumer(consumer: Consumer) -> ConsumerConfig:
    return ConsumerConfig(
        durable_name=consumer.name,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ACK_WAIT_SECONDS,
        max_ack_pending=MAX_ACK_PENDING,
    )


async def publish(
    jetstream: JetStreamContext,
    subject: str,
    body: Mapping[str, object],
    message_id: str | None = None,
) -> None:
    """Raises nats.js.errors.NoStreamResponseError where no stream takes the subject."""
    with span("publish", {"subject": subject}, kind=SpanKind.PRODUCER):
        headers = carried() | belonging()
        if message_id:
            headers["Nats-Msg-Id"] = message_id
        await jetstream.publish(subject, json.dumps(body).encode(), headers=headers)


@contextmanager
def processing(
    event_type: str,
    event_id: str,
    subject: str,
    carrier: Mapping[str, str],
    tracer: Tracer,
) -> Iterator[None]:
    """The span of one message, in the trace of whoever caused it."""
    with (
        correlation.under(carrier.get(correlation.HEADER)),
        entered(
            f"process {event_type}",
            carrier,
            kind=SpanKind.CONSUMER,
            tracer=tracer,
            tenant=tenant_of(carrier),
        ),
    ):
        note({"event.type": event_type, "event.id": event_id, "subject": subject})
        yield


def event_id(message: Msg) -> str:
    """Who published it named it; else its place in the stream does."""
    place = message.metadata
    named = (message.headers or {}).get("Nats-Msg-Id")
    return named or f"{place.stream}:{place.sequence.stream}"
