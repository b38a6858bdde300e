"""The API: allocations, payments, apps. A change and its event are one transaction."""

import asyncio
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass

from psycopg.types.json import Jsonb

from opspanel import correlation
from opspanel.demo.http import Request, Response, belonging
from opspanel.demo.metrics import counter, histogram
from opspanel.demo.node_agent import NODES
from opspanel.demo.service import Context, Hiccup
from opspanel.demo.web_service import Route, WebService
from opspanel.tracing import carried, span

FAILING_SHARE = 0.4
# Over one second for so many of the slow requests that p95 lies between 1 and 2.5.
VERY_SLOW_SHARE = 0.15
LOOK_EVERY_SECONDS = 0.5

INSERT_TASK = """
    INSERT INTO node_tasks (node_id, task_type, params, correlation_id)
    VALUES (%s, %s, %s, %s)
"""
INSERT_EVENT = """
    INSERT INTO outbox_events (event_type, subject, envelope, correlation_id)
    VALUES (%s, %s, %s, %s)
"""
RECENT_ALLOCATIONS = """
    SELECT task_id::text, node_id, status FROM node_tasks
    WHERE task_type = 'slice.vm_provision' AND status IN ('queued', 'dispatched')
    ORDER BY created_at LIMIT 20
"""


@dataclass(frozen=True, slots=True)
class Change:
    """What a request does: an event, and perhaps a task for a node."""

    event_type: str
    subject: str
    task_type: str | None = None


CREATE = Change(
    "allocation.requested", "provisioning.allocation.requested", "slice.vm_provision"
)
RELEASE = Change(
    "allocation.released", "provisioning.allocation.released", "slice.vm_release"
)
PAYMENT = Change("payment.received", "payments.payment.received")
RESTART = Change("app.restart_requested", "apps.app.restart_requested")


class Api(WebService):
    def __init__(self, name: str, context: Context) -> None:
        super().__init__(name, context)
        self._hiccup = Hiccup(400, 800)
        self._created = counter(
            "allocation_created_total", "Allocations created", self.registry
        )
        self._webhooks = counter(
            "webhook_received_total", "Payment webhooks received", self.registry
        )
        self._membership = histogram(
            "authz_membership_resolution_seconds",
            "Time to learn what a caller belongs to",
            self.registry,
        )
        self._leaking = False
        self._writing = asyncio.Lock()

    def make_routes(self) -> tuple[Route, ...]:
        one = "/v1/allocations/{allocation_id}"
        webhook = "/v1/webhooks/payments"
        restart = "/v1/apps/{app_id}/restart"
        return (
            Route("GET", "/v1/allocations", "allocation.list", self._list),
            Route("POST", "/v1/allocations", "allocation.create", self._create),
            Route("DELETE", one, "allocation.release", self._release),
            Route("POST", webhook, "payment.webhook", self._payment),
            Route("POST", restart, "app.restart", self._restart),
            Route("GET", "/v1/nodes", "node.list", self._nodes),
        )

    async def run(self) -> None:
        """Show labels that hold secrets while `leak-secrets` is on."""
        while True:
            wanted = self.context.faults.is_on("leak-secrets")
            if wanted != self._leaking:
                self._leaking = wanted
                change = self.http.show if wanted else self.http.hide
                for route, operation in self._leaked_labels():
                    change(route, operation)
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def around(self, route: Route, request: Request) -> Response:
        await self._resolve_membership()
        if self.context.faults.is_on("api-slow"):
            await asyncio.sleep(_slow_seconds())
        failing = self.context.faults.is_on("api-5xx")
        if self._hiccup.is_due() or (failing and random.random() < FAILING_SHARE):
            return self._failure()
        return await route.handler(request)

    async def _resolve_membership(self) -> None:
        began = time.perf_counter()
        with span("scope.resolve", tracer=self.tracer):
            await asyncio.sleep(random.uniform(0.001, 0.006))
        self._membership.observe(time.perf_counter() - began)

    def _failure(self) -> Response:
        body = {"code": "internal", "message": "the request could not be served"}
        if self._leaking:
            body["message"] = f"could not connect to {self.context.leaked.dsn}"
        return Response(500, json.dumps(body).encode())

    async def _list(self, _request: Request) -> Response:
        connection = await self.database.connection()
        rows = await (await connection.execute(RECENT_ALLOCATIONS)).fetchall()
        return Response(200, json.dumps(rows).encode())

    async def _create(self, _request: Request) -> Response:
        await self._apply(CREATE, {"gpus": random.choice((1, 2, 4, 8))})
        self._created.inc()
        return Response(202)

    async def _release(self, request: Request) -> Response:
        await self._apply(RELEASE, {"allocation_id": request.path.split("/")[-1]})
        return Response(202)

    async def _payment(self, _request: Request) -> Response:
        self._webhooks.inc()
        await self._apply(PAYMENT, {"minor_units": random.randint(500, 90_000)})
        return Response(202)

    async def _restart(self, request: Request) -> Response:
        await self._apply(RESTART, {"app_id": request.path.split("/")[3]})
        return Response(202)

    async def _nodes(self, _request: Request) -> Response:
        return Response(200, json.dumps(NODES).encode())

    async def _apply(self, change: Change, params: Mapping[str, object]) -> None:
        correlation_id = correlation.current_id()
        node = random.choice(NODES)
        connection = await self.database.connection()
        # The connection is shared: another request must not join this transaction.
        with span("domain.call", {"action": change.event_type}, tracer=self.tracer):
            async with self._writing, connection.transaction():
                if change.task_type:
                    task = (node, change.task_type, Jsonb(dict(params)), correlation_id)
                    await connection.execute(INSERT_TASK, task)
                with span("outbox.write", tracer=self.tracer):
                    told = {**params, "node_id": node, "at": time.time()}
                    envelope = Jsonb({**told, "trace": carried() | belonging()})
                    event = (change.event_type, change.subject, envelope)
                    await connection.execute(INSERT_EVENT, (*event, correlation_id))

    def _leaked_labels(self) -> tuple[tuple[str, str], ...]:
        leaked = self.context.leaked
        return (
            (f"/v1/login?token={leaked.token}", leaked.email),
            (leaked.markup, leaked.dsn),
            (leaked.control, leaked.jwt),
        )


def _slow_seconds() -> float:
    if random.random() < VERY_SLOW_SHARE:
        return random.uniform(1.0, 1.6)
    return random.uniform(0.3, 0.95)
