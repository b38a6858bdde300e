"""JetStream streams and durable consumers of the demo platform."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)

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
    headers = {"Nats-Msg-Id": message_id} if message_id else None
    await jetstream.publish(subject, json.dumps(body).encode(), headers=headers)
