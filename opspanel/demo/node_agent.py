"""A node's agent: claims the tasks queued for its node, performs them, reports."""

import asyncio
import random
import secrets
import uuid
from typing import NamedTuple

from nats.js import JetStreamContext
from prometheus_client import Counter
from psycopg.types.json import Jsonb

from opspanel.correlation import HEADER
from opspanel.demo import streams
from opspanel.demo.metrics import OUTCOMES, histogram
from opspanel.demo.service import Context, Hiccup, Service

NODES = ("node-1", "node-2", "node-3", "node-4")
SERVICE = "node-agent"
POLL_SECONDS = 0.5
SLOW_POLL_SECONDS = 5
AT_ONCE = 16
METER_SECONDS = 2

# Shorter than in life, so that a demo shows whole lives of tasks.
TASK_SECONDS = {
    "slice.vm_provision": (3, 8),
    "slice.vm_release": (1, 3),
    "slice.topology_discover": (1, 2),
    "allocation.provision_user": (0.5, 2),
    "allocation.deprovision_user": (0.5, 1.5),
    "diag.health_probe": (0.2, 0.8),
}
OTHER_SECONDS = (0.2, 0.8)

# What it had in hand when it died, it takes again.
RECOVER = """
    UPDATE node_tasks SET status = 'queued', dispatched_at = NULL, signature = NULL
    WHERE node_id = %s AND status = 'dispatched'
"""
CLAIM = """
    UPDATE node_tasks
    SET status = 'dispatched', dispatched_at = clock_timestamp(), signature = %s
    WHERE task_id IN (
        SELECT task_id FROM node_tasks WHERE node_id = %s AND status = 'queued'
        ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED
    )
    RETURNING task_id, task_type, correlation_id,
              extract(epoch FROM dispatched_at - created_at)::float8 AS waited
"""
FINISH = """
    UPDATE node_tasks
    SET status = %s, completed_at = clock_timestamp(), result = %s WHERE task_id = %s
"""


class Claimed(NamedTuple):
    task_id: uuid.UUID
    task_type: str
    correlation_id: str | None
    waited: float


class NodeAgent(Service):
    def __init__(self, node: str, context: Context) -> None:
        super().__init__(node, context)
        self._hiccup = Hiccup(150, 300)
        self._in_hand = 0
        tasks = Counter(
            "node_agent_tasks_total",
            "Tasks performed",
            ("service", "outcome"),
            registry=self.registry,
        )
        self._outcomes = {name: tasks.labels(SERVICE, name) for name in OUTCOMES}
        self._waited = histogram(
            "provisioning_dispatch_latency_seconds",
            "From a task's creation to its claim",
            self.registry,
        )

    async def run(self) -> None:
        connection = await self.database.connection()
        await connection.execute(RECOVER, [self.name])
        self._in_hand = 0
        async with (
            self.context.jetstream(self.name) as jetstream,
            asyncio.TaskGroup() as group,
        ):
            group.create_task(self._meter(jetstream))
            await self._claim_for_ever(group, jetstream)

    async def _claim_for_ever(
        self, group: asyncio.TaskGroup, jetstream: JetStreamContext
    ) -> None:
        while True:
            slow = self.context.faults.is_on("queue-flood")
            limit = 1 if slow else AT_ONCE
            for task in await self._claim(limit - min(limit, self._in_hand)):
                self._in_hand += 1
                group.create_task(self._perform(task, jetstream))
            await self._pause(SLOW_POLL_SECONDS if slow else POLL_SECONDS)

    async def _pause(self, seconds: float) -> None:
        """Wait, but no longer than a flood lasts."""
        flooded = self.context.faults.is_on("queue-flood")
        while seconds > 0 and self.context.faults.is_on("queue-flood") == flooded:
            await asyncio.sleep(POLL_SECONDS)
            seconds -= POLL_SECONDS

    async def _claim(self, limit: int) -> list[Claimed]:
        if limit == 0:
            return []
        connection = await self.database.connection()
        signature = secrets.token_hex(32)
        cursor = await connection.execute(CLAIM, [signature, self.name, limit])
        return [Claimed(*row) for row in await cursor.fetchall()]

    async def _perform(self, task: Claimed, jetstream: JetStreamContext) -> None:
        carrier = {HEADER: task.correlation_id or ""}
        kind, number = task.task_type, str(task.task_id)
        with streams.processing(kind, number, "node_tasks", carrier, self.tracer):
            await self._carry_out(task, jetstream)

    async def _carry_out(self, task: Claimed, jetstream: JetStreamContext) -> None:
        self._waited.observe(max(0.0, task.waited))
        span = TASK_SECONDS.get(task.task_type, OTHER_SECONDS)
        await asyncio.sleep(random.uniform(*span))
        failed = self._hiccup.is_due()
        status = "failed" if failed else "completed"
        connection = await self.database.connection()
        await connection.execute(FINISH, [status, Jsonb({}), task.task_id])
        self._outcomes["failed" if failed else "processed"].inc()
        self._in_hand -= 1
        body = {"type": f"task.{status}", "node_id": self.name}
        await streams.publish(jetstream, f"provisioning.task.{status}", body)

    async def _meter(self, jetstream: JetStreamContext) -> None:
        """Report what the node used: every turn for billing, every second for storage."""
        body = {"type": "usage.measured", "node_id": self.name}
        while True:
            await streams.publish(jetstream, "billing.usage.measured", body)
            await asyncio.sleep(METER_SECONDS)
            await streams.publish(jetstream, "billing.usage.measured", body)
            await streams.publish(jetstream, "storage.usage.measured", body)
            await asyncio.sleep(METER_SECONDS)
