"""Web servers of the panel, and who asks them as proxies do: to restart them one by one.

`Replica` is one server by the command that production uses, `Balancer` knows which of
them are ready, and `Visitors` ask those. Nothing is asked twice: what fails has failed.
"""

import http.client
import random
import socket
import subprocess
import sys
import threading
import time
from collections import Counter

from opspanel import env
from opspanel.embedded.program import free_port

START_SECONDS = 60
STOP_SECONDS = 30
ANSWER_SECONDS = 10
PATIENCE = 1


class Replica:
    """`environment`: beside this process's own."""

    def __init__(
        self, drain_seconds, application="opspanel.wsgi:application", **environment
    ):
        self.port = free_port()
        self._application = application
        self._environment = environment | {"OPSPANEL_DRAIN_SECONDS": str(drain_seconds)}
        self._process = None
        self.start()

    def start(self):
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "opspanel.serving", "granian"),
                *("--interface=wsgi", "--host=127.0.0.1", f"--port={self.port}"),
                *("--workers=1", "--blocking-threads=8", "--no-ws"),
                *("--backlog=4096", "--backpressure=4096", "--log-level=error"),
                self._application,
            ],
            env=env.inherited() | self._environment,
        )

    def await_ready(self):
        self._await(self.is_ready)

    def await_open(self):
        self._await(self._is_open)

    def _await(self, is_there):
        deadline = time.monotonic() + START_SECONDS
        while not is_there():
            if time.monotonic() > deadline or self._process.poll() is not None:
                message = "a web server did not start"
                raise RuntimeError(message)
            time.sleep(0.05)

    def _is_open(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), PATIENCE).close()
        except OSError:
            return False
        return True

    def is_ready(self, *, otherwise=False):
        """`otherwise`: what is thought of one that takes too long to say."""
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            asked.request("GET", "/readyz", headers={"Connection": "close"})
            return asked.getresponse().status == 200
        except TimeoutError:
            return otherwise
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asked.close()

    def ask_to_end(self):
        self._process.terminate()

    def wait(self):
        """Its exit code."""
        return self._process.wait(STOP_SECONDS)

    def stop(self):
        self.ask_to_end()
        return self.wait()

    def restart(self):
        """The exit code of the old one; returns when the new one is ready."""
        code = self.stop()
        self.start()
        self.await_ready()
        return code


class Balancer:
    """Asks each replica `every` so many seconds whether it is ready."""

    def __init__(self, replicas, every=0.1):
        self._replicas = replicas
        self._every = every
        self._over = threading.Event()
        self.ready = [replica.port for replica in replicas]
        self._thread = threading.Thread(target=self._watch)

    def _watch(self):
        while not self._over.wait(self._every):
            self.ready = [each.port for each in self._replicas if self._is_ready(each)]

    def _is_ready(self, replica):
        return replica.is_ready(otherwise=replica.port in self.ready)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()


class Visitors:
    """`paths` in turn, over connections that are kept for as long as the server keeps
    them; `per_second` together. `failures` has a line for each answer that was none."""

    def __init__(self, balancer, paths, headers, per_second, many=8):
        self._balancer = balancer
        self._paths = paths
        self._headers = headers
        self._pause = many / per_second
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._visit) for _ in range(many)]
        self.failures = []
        self.answers = Counter()

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join()

    def await_answers(self, replicas):
        """Until each has answered somebody."""
        ends = time.monotonic() + 30
        while not all(self.answers[replica.port] for replica in replicas):
            assert time.monotonic() < ends, "somebody is never asked"
            time.sleep(0.02)

    def _visit(self):
        kept = None
        while not self._over.wait(random.uniform(0, 2 * self._pause)):
            kept = self._ask(kept, random.choice(self._paths))
        if kept:
            kept.close()

    def _ask(self, kept, path):
        """The connection, where it may be used again."""
        if kept and kept.port not in self._balancer.ready:
            kept.close()
            kept = None
        try:
            kept = kept or self._connect()
            kept.request("GET", path, headers=self._headers)
            answer = kept.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException, IndexError) as error:
            self.failures.append(f"{path}: {error!r}")
            return None
        if answer.status not in {200, 204}:
            self.failures.append(f"{path}: {answer.status}")
        self.answers[kept.port] += 1
        return None if answer.will_close else kept

    def _connect(self):
        port = random.choice(self._balancer.ready)
        return http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
