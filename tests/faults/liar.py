"""A Prometheus over HTTP that answers what a test tells it to."""

import json
import re
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

# What a query answers: a status, headers and a body.
type Reply = tuple[int, dict[str, str], bytes]


def whole(elements=(), kind="vector", **beside) -> Reply:
    content = {"resultType": kind, "result": list(elements)}
    body = {"status": "success", "data": content} | beside
    return 200, {}, json.dumps(body).encode()


class Server(ThreadingHTTPServer):
    def handle_error(self, *_):
        """Quiet: who asked may hang up whenever it has read enough."""


class Liar:
    """`values`: the samples of each query by its key, e.g. `api.up`: numbers, texts such
    as `NaN`, or pairs of labels and one of them. `reply` answers everything instead,
    where it is set. `asked` counts requests."""

    def __init__(self) -> None:
        self.values: dict[str, list] = {}
        self.beside: dict[str, list[str]] = {}
        self.reply: Callable[[], Reply] | None = None
        self.asked = 0
        self._server = Server(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, query: str) -> Reply:
        self.asked += 1
        if self.reply is not None:
            return self.reply()
        if path.endswith("query_range"):
            return whole(kind="matrix")
        known = {"clock": [time.time()]} | self.values
        keys = re.findall(r'"opspanel_query", "([^"]+)"', query)
        elements = [_element(key, each) for key in keys for each in known.get(key, ())]
        return whole(elements, **self.beside)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        liar = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                query = parse_qs(form)["query"][0]
                status, headers, body = liar.answer(self.path, query)
                self.send_response(status)
                for name, text in headers.items():
                    self.send_header(name, text)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                """Quiet."""

        return Handler


def _element(key, sample):
    labels, value = sample if isinstance(sample, tuple) else ({}, sample)
    metric = {"opspanel_query": key, **labels}
    return {"metric": metric, "value": [time.time(), str(value)]}
