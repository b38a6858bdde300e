"""How fast the overview answers 20 readers at once, each signed in apart.

    python -m bench.page READY_FILE

READY_FILE is what `manage.py up --ready-file` wrote. Prints milliseconds for a whole
page, a changed poll and an unchanged poll, in one run so that they can be compared.
"""

import json
import statistics
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx

READERS = 20
SECONDS = 15
OVERVIEW = "/admin/ops/overview"
HTMX = {"HX-Request": "true"}

type Ask = Callable[[httpx.Client], httpx.Response]


def main() -> None:
    ready = json.loads(Path(sys.argv[1]).read_text())
    account = next(each for each in ready["accounts"] if each["role"] == "viewer")
    clients = [signed_in(ready["url"], account) for _ in range(READERS)]
    print(f"{READERS} readers, {SECONDS} s each    req/s    p50    p95    p99  (ms)")
    for name, ask in CASES.items():
        times = measure(clients, ask)
        cuts = statistics.quantiles(times, n=100)
        shown = "  ".join(f"{cuts[at - 1] * 1000:5.1f}" for at in (50, 95, 99))
        print(f"{name:24} {len(times) / SECONDS:8.0f}  {shown}")


def signed_in(url: str, account: dict[str, str]) -> httpx.Client:
    client = httpx.Client(base_url=url, follow_redirects=True, timeout=30)
    form = client.get("/admin/ops/sign-in")
    token = form.text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    names = ("login", "username") if 'name="login"' in form.text else ("username",)
    fields = dict.fromkeys(names, account["username"]) | {
        "password": account["password"],
        "csrfmiddlewaretoken": token,
    }
    client.post("/admin/ops/sign-in", data=fields).raise_for_status()
    client.get(OVERVIEW).raise_for_status()
    return client


def measure(clients: list[httpx.Client], ask: Ask) -> list[float]:
    times: list[float] = []
    ends = time.monotonic() + SECONDS

    def read(client: httpx.Client) -> None:
        while time.monotonic() < ends:
            began = time.perf_counter()
            response = ask(client)
            times.append(time.perf_counter() - began)
            response.raise_for_status()

    threads = [threading.Thread(target=read, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def page(client: httpx.Client) -> httpx.Response:
    return client.get(OVERVIEW)


def changed_poll(client: httpx.Client) -> httpx.Response:
    return client.get(OVERVIEW, params={"v": "older"}, headers=HTMX)


def unchanged_poll(client: httpx.Client) -> httpx.Response:
    """As a browser does it: asks with the version that it has."""
    version = getattr(client, "version", "none")
    response = client.get(OVERVIEW, params={"v": version}, headers=HTMX)
    if response.status_code == httpx.codes.OK:
        found = response.text.partition('data-version="')[2].partition('"')[0]
        client.version = found  # type: ignore[attr-defined]  # a note on this reader
    return response


CASES = {
    "page": page,
    "changed poll": changed_poll,
    "unchanged poll": unchanged_poll,
}

if __name__ == "__main__":
    main()
