"""The whole application behind a real server, for a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIServer, make_server

from django.core.wsgi import get_wsgi_application
from django.db import connections

from tests.pages.stage import Quiet


class Site(ThreadingMixIn, WSGIServer):
    """It ends when its last request has, and no request leaves its connection open: not
    even one that its browser gave up, whose end Django is not told of."""

    daemon_threads = False

    def process_request_thread(self, *args: object) -> None:
        try:
            super().process_request_thread(*args)
        finally:
            connections.close_all()


@contextmanager
def running() -> Iterator[str]:
    """Its address, which names no number: passkeys know none."""
    application = get_wsgi_application()
    server = make_server("127.0.0.1", 0, application, Site, Quiet)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
