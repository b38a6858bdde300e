"""The three workers of the demo platform."""

import asyncio
import random
import time
from typing import Any

from nats.js import JetStreamContext
from prometheus_client import Gauge
from psycopg.types.json import Jsonb

from opspanel.demo import streams
from opspanel.demo.metrics import counter, histogram
from opspanel.demo.node_agent import NODES
from opspanel.demo.service import Context
from opspanel.demo.worker import Body, Worker

LOOK_EVERY_SECONDS = 2
# Which task follows an event, and how often every node is asked unasked.
FOLLOW_UPS = {
    "allocation.requested": "allocation.provision_user",
    "allocation.released": "allocation.deprovision_user",
}
ROUTINE_SECONDS = {"diag.health_probe": 4, "slice.topology_discover": 30}

QUEUED = "SELECT count(*) FROM node_tasks WHERE status = 'queued'"
INSERT_TASK = "INSERT INTO node_tasks (node_id, task_type, params) VALUES (%s, %s, %s)"


class ProvisioningWorker(Worker):
    consumers = (streams.PROVISIONING,)
    stalling_fault = "consumer-stall"

    def __init__(self, name: str, context: Context) -> None:
        super().__init__(name, context)
        self._depth = Gauge(
            "provisioning_queue_depth", "Tasks not claimed", registry=self.registry
        )
        self._failures = counter(
            "provisioning_failures_total", "Failed tasks", self.registry
        )
        self._timeouts = counter(
            "provisioning_timeouts_total", "Tasks that expired", self.registry
        )

    async def process(self, body: Body, _jetstream: JetStreamContext) -> None:
        if body.get("type") == "task.failed":
            self._failures.inc()
        follow_up = FOLLOW_UPS.get(body.get("type", ""))
        if follow_up:
            await self._queue(body["node_id"], follow_up)

    async def beside(self) -> None:
        due = dict.fromkeys(ROUTINE_SECONDS, 0.0)
        while True:
            connection = await self.database.connection()
            row = await (await connection.execute(QUEUED)).fetchone()
            self._depth.set(row[0] if row else 0)
            for task_type, every in ROUTINE_SECONDS.items():
                if time.monotonic() >= due[task_type]:
                    due[task_type] = time.monotonic() + every
                    for node in NODES:
                        await self._queue(node, task_type)
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _queue(self, node: str, task_type: str) -> None:
        connection = await self.database.connection()
        await connection.execute(INSERT_TASK, [node, task_type, Jsonb({})])


class BillingWorker(Worker):
    consumers = (streams.BILLING, streams.STORAGE)

    async def process(self, _body: Body, _jetstream: JetStreamContext) -> None:
        await asyncio.sleep(random.uniform(0.002, 0.01))


class WebhookWorker(Worker):
    consumers = (streams.PAYMENTS, streams.APPS)
    failing_fault = "worker-failing"

    def __init__(self, name: str, context: Context) -> None:
        super().__init__(name, context)
        self._credited = histogram(
            "webhook_ledger_credit_seconds",
            "From a payment webhook to the credit in the ledger",
            self.registry,
        )

    async def process(self, body: Body, _jetstream: JetStreamContext) -> None:
        await asyncio.sleep(random.uniform(0.005, 0.02))
        if body.get("type") == "payment.received":
            self._credited.observe(_age(body.get("at")))


def _age(at: Any) -> float:
    return max(0.0, time.time() - float(at or time.time()))
