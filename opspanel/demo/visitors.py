"""Traffic: people on the web front end, and programs on the API."""

import asyncio
import contextlib
import random
import uuid
from collections.abc import Callable
from dataclasses import replace

from opspanel.demo.http import TENANT, Request, fetch
from opspanel.demo.service import Context
from opspanel.demo.web import any_page

PATIENCE_SECONDS = 10
ORGANISATIONS = ("org-amber", "org-birch", "org-cedar")
MOST_AT_ONCE = 100


def _create() -> Request:
    return Request("POST", "/v1/allocations", b"{}")


def _release() -> Request:
    return Request("DELETE", f"/v1/allocations/{uuid.uuid4()}")


def _payment() -> Request:
    return Request("POST", "/v1/webhooks/payments", b"{}")


def _restart() -> Request:
    return Request("POST", f"/v1/apps/app-{random.randint(1, 9)}/restart", b"{}")


def _list() -> Request:
    return Request("GET", "/v1/allocations")


# Requests per second, the service that is asked, and what for.
VISITS: tuple[tuple[float, str, Callable[[], Request]], ...] = (
    (3.0, "web", any_page),
    (1.5, "api", _list),
    (0.6, "api", _create),
    (0.3, "api", _release),
    (1.0, "api", _payment),
    (0.6, "api", _restart),
)
RATES = [rate for rate, _, _ in VISITS]


async def visit(context: Context) -> None:
    """Ask at a steady rate whether or not answers come: slowness must not hide load."""
    async with asyncio.TaskGroup() as group:
        under_way: set[asyncio.Task[None]] = set()
        while True:
            await asyncio.sleep(random.expovariate(sum(RATES)))
            if len(under_way) < MOST_AT_ONCE:
                task = group.create_task(_ask(context))
                under_way.add(task)
                task.add_done_callback(under_way.discard)


async def _ask(context: Context) -> None:
    _, service, make = random.choices(VISITS, RATES)[0]
    with contextlib.suppress(OSError, EOFError, ValueError, KeyError):
        request = replace(make(), headers={TENANT: random.choice(ORGANISATIONS)})
        await fetch(context.ports[service], request, PATIENCE_SECONDS)
