"""The overview on a real HTTP server without a database, to be looked at by a browser.

It answers as the product's view does, under the same CSP, shows whatever snapshot a
test puts on, and misbehaves on demand.
"""

import mimetypes
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Event, Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.utils import timezone
from django.utils.csp import CSP

from opspanel.build import build_id
from opspanel.live import answers
from opspanel.live.projection import OVERVIEW
from opspanel.live.ready import Ready, Shown, rendered
from opspanel.live.whole_page import PageOfPeople
from opspanel.models import User
from opspanel.panel.config import PanelConfig
from opspanel.snapshot.schema import Snapshot
from tests import snapshots

PANEL = PanelConfig.model_validate(
    {
        "panel": {
            "environment": "demo",
            "profile": "development",
            "contact": "the platform team",
        },
        "links": {"loki_correlation": "https://loki.example/{id}"},
    }
)

# Nothing runs without the page's nonce; only htmx's own policy may fill the DOM.
POLICY = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["htmx"],
}


def context(snapshot: Snapshot | None, now: datetime, interval: float = 5) -> dict:
    return {
        "snapshot": snapshot,
        "now": now,
        "version": str(snapshot.taken_at.timestamp()) if snapshot else "none",
        "interval": interval,
        "panel": PANEL,
        "build": build_id(),
    }


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Nothing: a test's output is the test's."""


class Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Stage:
    """`show` says what is collected, anew each second until `collects` is turned off;
    `act` is how polls are answered, `edits` how many were sent but what changed."""

    def __init__(self) -> None:
        self.url = ""
        self.build: Callable[[datetime], Snapshot] | None = None
        self.collects = True
        self.collected: Snapshot | None = None
        self.clock_offset = timedelta()
        self.interval = 1.0
        self.act = "well"
        self.polls = self.edits = 0
        self.released = Event()
        self.ready = Ready(OVERVIEW)
        self.respond = ContentSecurityPolicyMiddleware(self.under_policy)

    def show(self, build: Callable[[datetime], Snapshot]) -> None:
        self.build = build
        self.collect()

    def collect(self) -> None:
        # The builders' figures are two seconds old.
        self.collected = self.build(self.now() + timedelta(seconds=2))

    @property
    def snapshot(self) -> Snapshot | None:
        age = self.now() - self.collected.taken_at if self.collected else None
        if self.collects and age and age > timedelta(seconds=1):
            self.collect()
        return self.collected

    def now(self) -> datetime:
        return timezone.now() + self.clock_offset

    def __call__(self, environ: dict, start_response: Callable) -> list[bytes]:
        request = WSGIRequest(environ)
        request.user = User(pk=1, username="vera", is_active=False)
        response = self.respond(request)
        head = [*response.items(), ("Content-Length", str(len(response.content)))]
        start_response(f"{response.status_code} {response.reason_phrase}", head)
        return [response.content]

    def under_policy(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        response._csp_config = POLICY
        return response

    def answer(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/static/"):
            return self.static(request.path.removeprefix("/static/"))
        if request.path != "/admin/ops/overview":
            return HttpResponse("<h1>Elsewhere</h1>")
        if request.headers.get("HX-Request"):
            self.polls += 1
            return getattr(self, f"answer_{self.act}")(request)
        page = PageOfPeople(OVERVIEW, "pages/overview.html", self.now)
        return page.respond(request, self.shown())

    def shown(self) -> dict:
        return context(self.snapshot, self.now(), self.interval)

    def static(self, name: str) -> HttpResponse:
        path = Path(settings.STATIC_ROOT) / name
        kind, _ = mimetypes.guess_type(name)
        return HttpResponse(path.read_bytes(), content_type=kind)

    def answer_well(self, request: HttpRequest) -> HttpResponse:
        shown = self.shown()
        if request.GET.get("v") == shown["version"]:
            return HttpResponse(status=204)
        whole = Shown.of(shown["version"], rendered(OVERVIEW, shown))
        self.ready.keep(whole)
        return self.news(request, whole)

    def news(self, request: HttpRequest, whole: Shown) -> HttpResponse:
        """As the door sends it: what changed, to a page that says what it has."""
        sent = self.ready.since(request.GET.get("text", ""), whole)
        self.edits += bool(sent.edits_of)
        headers = {
            "X-Ops-Fragment": "1",
            "X-Ops-Build": build_id(),
            "X-Ops-Now": str(int(self.now().timestamp() * 1000)),
            answers.TEXT: sent.text,
        }
        if sent.edits_of:
            headers[answers.EDITS_OF] = sent.edits_of
        return HttpResponse(sent.html, headers=headers)

    def answer_tampered(self, request: HttpRequest) -> HttpResponse:
        """Ours, but with what an attacker would wish to add to it."""
        response = self.answer_well(request)
        response.content += (
            b'<hx-partial hx-target="body">INTRUDER</hx-partial>'
            b'<p id="main" hx-swap-oob="true">INTRUDER</p>'
        )
        return response

    def answer_renewed(self, request: HttpRequest) -> HttpResponse:
        """As a process of another build does."""
        response = self.answer_well(request)
        response["X-Ops-Build"] = "another"
        return response

    def answer_late(self, request: HttpRequest) -> HttpResponse:
        """What it knows when it is asked, but told when it is released."""
        response = self.answer_well(request)
        self.released.wait(20)
        return response

    def answer_behind(self, request: HttpRequest) -> HttpResponse:
        """As a process does that has not yet read the newest snapshot."""
        newest, collects = self.snapshot, self.collects
        self.collected = snapshots.degraded(newest.taken_at - timedelta(seconds=5))
        self.collects = False
        response = self.answer_well(request)
        self.collected, self.collects = newest, collects
        return response

    def answer_meddled(self, request: HttpRequest) -> HttpResponse:
        """As something on the way that writes a little into what it passes on."""
        response = self.answer_well(request)
        response.content = response.content.replace(b"healthy", b"healthy ", 1)
        return response

    def answer_failing(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("<h1>INTRUDER 500</h1>", status=500)

    def answer_proxy(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse('<div id="live">INTRUDER: sign in to the network</div>')

    def answer_signed_out(self, request: HttpRequest) -> HttpResponse:
        headers = {"HX-Redirect": "/admin/ops/sign-in"}
        return HttpResponse("INTRUDER", status=401, headers=headers)

    def answer_never(self, request: HttpRequest) -> HttpResponse:
        self.released.wait(20)
        return HttpResponse(status=503)


def running() -> AbstractContextManager[Stage]:
    return serving(Stage())


@contextmanager
def serving[Kind: Stage](stage: Kind) -> Iterator[Kind]:
    server = make_server("127.0.0.1", 0, stage, Threaded, Quiet)
    stage.url = f"http://127.0.0.1:{server.server_port}/admin/ops/overview"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield stage
    finally:
        stage.released.set()
        server.shutdown()
        thread.join(5)
        server.server_close()
