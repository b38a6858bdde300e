"""The outbox relay: publishes pending events, in order, and marks them published."""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

import nats
from nats.js import JetStreamContext
from nats.js.errors import NoStreamResponseError

from opspanel.demo import streams
from opspanel.demo.metrics import MessageMetrics, counter, histogram
from opspanel.demo.service import Connection, Context, Service

LOOK_EVERY_SECONDS = 0.25
AT_ONCE = 100
ATTEMPTS = 5
DEAD_LETTER_SHARE = 3

PENDING = """
    SELECT id::text, event_type, subject, envelope, correlation_id,
           extract(epoch FROM clock_timestamp() - created_at)::float8 AS age
    FROM outbox_events WHERE status = 'pending' ORDER BY created_at LIMIT %s
"""
PUBLISHED = """
    UPDATE outbox_events SET status = 'published', published_at = clock_timestamp(),
           attempt_count = attempt_count + 1, last_error = NULL
    WHERE id = %s
"""
NOT_PUBLISHED = """
    UPDATE outbox_events SET attempt_count = attempt_count + 1, last_error = %s
    WHERE id = %s
"""
FAILED = """
    UPDATE outbox_events SET status = 'failed', attempt_count = %s, last_error = %s
    WHERE id = %s
"""
REQUEUE = """
    UPDATE outbox_events SET status = 'pending', attempt_count = 0, last_error = NULL
    WHERE status = 'failed'
"""


class Event(NamedTuple):
    id: str
    event_type: str
    subject: str
    envelope: Mapping[str, Any]
    correlation_id: str
    age: float


class Relay(Service):
    def __init__(self, name: str, context: Context) -> None:
        super().__init__(name, context)
        self._messages = MessageMetrics(name, self.registry)
        self._failures = counter(
            "outbox_publish_failures_total", "Failed publishes", self.registry
        )
        self._emitted = histogram(
            "allocation_provisioning_event_seconds",
            "From an allocation's creation to its event",
            self.registry,
        )
        self._seen = 0
        # As if it had been on: an earlier run may have left dead letters.
        self._dead_lettering = True

    async def run(self) -> None:
        async with self.context.jetstream(self.name) as jetstream:
            while True:
                await self._turn(jetstream)
                await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _turn(self, jetstream: JetStreamContext) -> None:
        connection = await self.database.connection()
        wanted = self.context.faults.is_on("dlq-growth")
        if self._dead_lettering and not wanted:
            await connection.execute(REQUEUE)
            await jetstream.purge_stream("DLQ")
        self._dead_lettering = wanted
        for event in await _pending(connection):
            trace = event.envelope.get("trace", {})
            kind, subject = event.event_type, event.subject
            with streams.processing(kind, event.id, subject, trace, self.tracer):
                done = await self._relay(event, connection, jetstream)
            if not done:
                break  # Events keep their order: the next waits for this one.

    async def _relay(
        self, event: Event, connection: Connection, jetstream: JetStreamContext
    ) -> bool:
        """Whether the event is done with."""
        self._seen += 1
        if self._dead_lettering and self._seen % DEAD_LETTER_SHARE == 0:
            await self._bury(event, connection, jetstream)
            return True
        try:
            await self._publish(event, jetstream)
        except NoStreamResponseError as error:
            await self._count_failure(event, error, connection)
            return False
        await connection.execute(PUBLISHED, [event.id])
        self._messages.processed.inc()
        if event.event_type == "allocation.requested":
            self._emitted.observe(event.age)
        return True

    async def _publish(self, event: Event, jetstream: JetStreamContext) -> None:
        subject = event.subject
        if self.context.faults.is_on("relay-failing"):
            subject = f"unrouted.{subject}"
        body = {**event.envelope, "type": event.event_type}
        await streams.publish(jetstream, subject, body, event.id)

    async def _count_failure(
        self, event: Event, error: nats.errors.Error, connection: Connection
    ) -> None:
        self._failures.inc()
        self._messages.failed.inc()
        await connection.execute(NOT_PUBLISHED, [str(error), event.id])

    async def _bury(
        self, event: Event, connection: Connection, jetstream: JetStreamContext
    ) -> None:
        body = {**event.envelope, "type": event.event_type}
        await streams.publish(jetstream, f"dlq.{event.subject}", body)
        error = "the consumer refused the event"
        await connection.execute(FAILED, [ATTEMPTS, error, event.id])


async def _pending(connection: Connection) -> list[Event]:
    cursor = await connection.execute(PENDING, [AT_ONCE])
    return [Event(*row) for row in await cursor.fetchall()]
