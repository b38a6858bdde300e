"""The fault `leak-secrets`: secrets in names and texts wherever one can put them."""

from pathlib import Path

from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, StreamConfig
from psycopg.types.json import Jsonb

from opspanel.demo.effects import DELETE_TASKS, INSERT_TASK, MADE_BY
from opspanel.demo.faults import write_atomically
from opspanel.demo.leaked import Leaked
from opspanel.demo.service import Database
from opspanel.demo.streams import PROVISIONING
from opspanel.demo.targets import Targets

INSERT_EVENT = """
    INSERT INTO outbox_events
        (event_type, subject, envelope, status, last_error, attempt_count, published_at)
    VALUES (%s, %s, %s, 'published', %s, 2, clock_timestamp())
"""
DELETE_EVENTS = f"DELETE FROM outbox_events WHERE envelope ->> '{MADE_BY}' = %s"  # noqa: S608
# No agent claims for this node, so that the leaked task types stay in sight.
NOBODY = "node-0"


class Leak:
    """Tasks, events, consumers, a stream and target labels; the API leaks by itself.

    What it leaks stands in `state_dir/leaked.json`, for tests that look for it.
    """

    fault = "leak-secrets"

    def __init__(
        self,
        leaked: Leaked,
        database: Database,
        jetstream: JetStreamContext,
        targets: Targets,
        state_dir: Path,
    ) -> None:
        self._leaked = leaked
        self._database = database
        self._jetstream = jetstream
        self._targets = targets
        self._list = state_dir / "leaked.json"
        self._done = False

    async def turn(self) -> None:
        if self._done:
            return
        write_atomically(self._list, self._leaked.as_json())
        leaked = self._leaked
        labels = {"zone": leaked.dsn, "owner": leaked.email, "note": leaked.markup}
        self._targets.write(labels)
        await self._leak_rows()
        await self._leak_names()
        self._done = True

    async def undo(self) -> None:
        self._done = False
        connection = await self._database.connection()
        for statement in (DELETE_TASKS, DELETE_EVENTS):
            await connection.execute(statement, [self.fault])
        await self._forget_names()
        self._targets.write()
        self._list.unlink(missing_ok=True)

    async def _leak_rows(self) -> None:
        leaked = self._leaked
        connection = await self._database.connection()
        mark = Jsonb({MADE_BY: self.fault, "token": leaked.token})
        for text in (leaked.token, leaked.markup, leaked.control, leaked.dsn):
            await connection.execute(INSERT_TASK, [NOBODY, f"diag.{text}", mark])
        error = f"{leaked.private_key} refused for {leaked.dsn}, Bearer {leaked.jwt}"
        event = (leaked.email, f"apps.{leaked.token}", mark, error)
        await connection.execute(INSERT_EVENT, event)

    async def _leak_names(self) -> None:
        """NATS allows neither a dot nor a slash nor white space in a name."""
        leaked = self._leaked
        user = leaked.email.replace(".", "_")
        for name in (leaked.token, leaked.cloud_key, user, "<svg<onload=alert(1)"):
            config = ConsumerConfig(
                name=name,
                durable_name=name,
                ack_policy=AckPolicy.EXPLICIT,
                metadata={MADE_BY: self.fault},
            )
            await self._jetstream.add_consumer(PROVISIONING.stream, config)
        await self._jetstream.add_stream(
            StreamConfig(
                name=f"EXPORT_{leaked.token}",
                subjects=[f"export.{leaked.email}"],
                max_bytes=1_000_000,
                metadata={MADE_BY: self.fault},
            )
        )

    async def _forget_names(self) -> None:
        for consumer in await self._jetstream.consumers_info(PROVISIONING.stream):
            if (consumer.config.metadata or {}).get(MADE_BY) == self.fault:
                await self._jetstream.delete_consumer(
                    PROVISIONING.stream, consumer.name
                )
        for stream in await self._jetstream.streams_info():
            name = stream.config.name
            if name and (stream.config.metadata or {}).get(MADE_BY) == self.fault:
                await self._jetstream.delete_stream(name)
