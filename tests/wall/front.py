"""The whole application behind a server that misbehaves on demand, as networks do."""

from contextlib import contextmanager
from threading import Event, Thread
from wsgiref.simple_server import make_server

from django.core.wsgi import get_wsgi_application
from django.db import connections

from opspanel.live.desks import Desks
from opspanel.live.front import in_front_of
from opspanel.live.keeper import Keeper
from tests.pages.stage import Quiet
from tests.site import Site

HTML = [("Content-Type", "text/html")]
POLL = "/admin/ops/wall/board"
INTRUDER = b'<html><div id="live">INTRUDER: sign in to the network</div></html>'


class KeeperWithAnEnd(Keeper):
    """Takes its connection with it."""

    def _run(self):
        try:
            super()._run()
        finally:
            connections.close_all()


class Front:
    """`act` is how polls are answered; `polls` counts them. `instead(path)`: the status
    with which a proxy answers by itself, if it does."""

    def __init__(self):
        self.desks = Desks(KeeperWithAnEnd)
        self.application = in_front_of(get_wsgi_application(), lambda: self.desks)
        self.act = "well"
        self.instead = lambda path: None
        self.of_another_build = set()  # paths
        self.polls = 0
        self.released = Event()
        self.port = 0
        self.canned = None

    @property
    def url(self):
        return f"http://localhost:{self.port}/admin/ops/wall"

    def __call__(self, environ, start_response):
        if status := self.instead(environ["PATH_INFO"]):
            leads = [("Location", "/sign-in")] if status.startswith("3") else []
            start_response(status, [*HTML, *leads])
            return [INTRUDER]
        if environ["PATH_INFO"] in self.of_another_build:
            return self.answer_another_build(environ, start_response)
        if environ["PATH_INFO"] == POLL:
            self.polls += 1
            return getattr(self, f"answer_{self.act}")(environ, start_response)
        return self.application(environ, start_response)

    def answer_well(self, environ, start_response):
        return self.application(environ, start_response)

    def answer_never(self, environ, start_response):
        self.released.wait(20)
        return self.answer_bad_gateway(environ, start_response)

    def answer_bad_gateway(self, environ, start_response):
        start_response("502 Bad Gateway", HTML)
        return [INTRUDER]

    def answer_captive(self, environ, start_response):
        start_response("200 OK", HTML)
        return [INTRUDER]

    def answer_sign_in(self, environ, start_response):
        start_response("302 Found", [("Location", "/admin/ops/sign-in")])
        return [b""]

    def answer_another_build(self, environ, start_response):
        """As a server does that was deployed since."""

        def start(status, headers, *rest):
            kept = [each for each in headers if each[0] != "X-Ops-Build"]
            start_response(status, [*kept, ("X-Ops-Build", "0123456789ab")], *rest)

        return self.application(environ, start)

    def answer_canned(self, environ, start_response):
        """A new board each time, at no cost."""
        status, headers, body = next(self.canned)
        start_response(status, headers)
        return [body]

    def start(self):
        self.server = make_server("127.0.0.1", self.port, self, Site, Quiet)
        self.port = self.server.server_port
        serve = self.server.serve_forever
        self.thread = Thread(target=serve, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def stop(self):
        self.released.set()
        self.server.shutdown()
        self.thread.join(5)
        self.server.server_close()


@contextmanager
def running():
    front = Front()
    front.start()
    try:
        yield front
    finally:
        front.stop()
        front.desks.keeper.stop()
