"""The web front end: its pages ask the API."""

import random
from http import HTTPStatus

from opspanel.demo.http import Request, Response, fetch
from opspanel.demo.web_service import Route, WebService

# A page shows what it had before rather than wait longer, so that a slow or failing
# API does not take the front end with it.
PATIENCE_SECONDS = 0.15
PAGES = {"/": "/v1/nodes", "/allocations": "/v1/allocations", "/fleet": "/v1/nodes"}
OPERATIONS = {
    "/": "page.home",
    "/allocations": "page.allocations",
    "/fleet": "page.fleet",
}


class Web(WebService):
    def make_routes(self) -> tuple[Route, ...]:
        self._known: dict[str, bytes] = {}
        return tuple(Route("GET", page, OPERATIONS[page], self._page) for page in PAGES)

    async def _page(self, request: Request) -> Response:
        path = PAGES[request.path]
        try:
            answer = await fetch(
                self.context.ports["api"], Request("GET", path), PATIENCE_SECONDS
            )
        except (OSError, EOFError, ValueError):
            answer = Response(503)
        if answer.status == HTTPStatus.OK:
            self._known[path] = answer.body
        body = self._known.get(path, b"")
        return Response(200, b"<!doctype html><pre>" + body, "text/html")


def any_page() -> Request:
    return Request("GET", random.choice(tuple(PAGES)))
