"""How fast the overview answers 20 readers at once, each signed in apart.

    python -m bench.page [READY_FILE]

READY_FILE is what a running `manage.py up --ready-file` wrote; without one a stack is
started for the measurement. Prints milliseconds for a whole
page, a changed poll and an unchanged poll, in one run so that they can be compared.
"""

import gzip
import http.client
import json
import statistics
import sys
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from bench import stack

READERS = 20
SECONDS = 15
OVERVIEW = "/admin/ops/overview"
HTMX = {"HX-Request": "true"}


class Reader:
    """One signed-in browser: a session and a connection of its own, and little else,
    because it runs on the cores of what it measures."""

    def __init__(self, url: str, account: dict[str, str]) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        cookie = session_cookie(url, account)
        # As every browser asks: who wants nothing compressed is sent the long way.
        self.headers = {"Cookie": cookie, "Accept-Encoding": "gzip"}
        self.version = "none"

    def get(self, address: str, *, htmx: bool = False) -> tuple[int, bytes]:
        headers = self.headers | HTMX if htmx else self.headers
        self.connection.request("GET", address, headers=headers)
        response = self.connection.getresponse()
        return response.status, response.read()


type Ask = Callable[[Reader], int]


def main() -> None:
    if len(sys.argv) > 1:
        compare(json.loads(Path(sys.argv[1]).read_text()))
        return
    with stack.running() as ready:
        compare(ready)


def compare(ready: dict[str, Any]) -> None:
    account = next(each for each in ready["accounts"] if each["role"] == "viewer")
    readers = [Reader(ready["url"], account) for _ in range(READERS)]
    print(f"{READERS} readers, {SECONDS} s each    req/s    p50    p95    p99  (ms)")
    for name, ask in CASES.items():
        times = measure(readers, ask)
        cuts = statistics.quantiles(times, n=100)
        shown = "  ".join(f"{cuts[at - 1] * 1000:5.1f}" for at in (50, 95, 99))
        print(f"{name:24} {len(times) / SECONDS:8.0f}  {shown}")


def session_cookie(url: str, account: dict[str, str]) -> str:
    with httpx.Client(base_url=url, follow_redirects=True, timeout=30) as client:
        form = client.get("/admin/ops/sign-in").text
        token = form.partition('name="csrfmiddlewaretoken" value="')[2]
        field = "login" if 'name="login"' in form else "username"
        fields = {
            field: account["username"],
            "password": account["password"],
            "csrfmiddlewaretoken": token.partition('"')[0],
        }
        client.post("/admin/ops/sign-in", data=fields)
        client.get(OVERVIEW, follow_redirects=False).raise_for_status()
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def measure(readers: list[Reader], ask: Ask) -> list[float]:
    times: list[float] = []
    ends = time.monotonic() + SECONDS

    def read(reader: Reader) -> None:
        while time.monotonic() < ends:
            began = time.perf_counter()
            status = ask(reader)
            times.append(time.perf_counter() - began)
            if status not in {200, 204}:
                sys.exit(f"a reader was answered {status}")

    threads = [threading.Thread(target=read, args=[reader]) for reader in readers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def page(reader: Reader) -> int:
    return reader.get(OVERVIEW)[0]


def changed_poll(reader: Reader) -> int:
    return reader.get(f"{OVERVIEW}?v=older", htmx=True)[0]


def unchanged_poll(reader: Reader) -> int:
    """As a browser does it: asks with the version that it has."""
    status, body = reader.get(f"{OVERVIEW}?v={reader.version}", htmx=True)
    if status == HTTPStatus.OK:
        page = gzip.decompress(body)
        found = page.partition(b'data-version="')[2].partition(b'"')[0]
        reader.version = found.decode()
    return status


CASES = {
    "page": page,
    "changed poll": changed_poll,
    "unchanged poll": unchanged_poll,
}

if __name__ == "__main__":
    main()
