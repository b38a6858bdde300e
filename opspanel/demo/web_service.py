"""A service that answers HTTP requests, and measures each."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import psycopg

from opspanel.demo.http import Request, Response
from opspanel.demo.metrics import HttpMetrics
from opspanel.demo.service import Context, Service
from opspanel.tracing import name_entry

NO_ROUTE = ("unmatched", "unknown")


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    template: str
    operation: str
    handler: Callable[[Request], Awaitable[Response]]

    def matches(self, request: Request) -> bool:
        pattern = re.sub(r"\{\w+\}", "[^/]+", self.template)
        return (
            request.method == self.method
            and re.fullmatch(pattern, request.path) is not None
        )


class WebService(Service):
    def __init__(self, name: str, context: Context) -> None:
        super().__init__(name, context)
        self.routes = self.make_routes()
        named = [(route.template, route.operation) for route in self.routes]
        self.http = HttpMetrics(name, [*named, NO_ROUTE], self.registry)

    def make_routes(self) -> tuple[Route, ...]:
        raise NotImplementedError

    async def handle(self, request: Request) -> Response:
        began = time.perf_counter()
        route = next((each for each in self.routes if each.matches(request)), None)
        template, operation = NO_ROUTE
        response = Response(404)
        if route is not None:
            template, operation = route.template, route.operation
            name_entry(f"{route.method} {template}", {"http.route": template})
            response = await self._respond(route, request)
        took = time.perf_counter() - began
        self.http.observe(template, operation, response.status, took)
        return response

    async def _respond(self, route: Route, request: Request) -> Response:
        try:
            return await self.around(route, request)
        except (psycopg.Error, OSError, asyncio.IncompleteReadError):
            return Response(503, b'{"code": "service_unavailable"}')

    async def around(self, route: Route, request: Request) -> Response:
        """Where a service adds what all its routes share."""
        return await route.handler(request)
