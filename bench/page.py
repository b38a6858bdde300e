"""How fast the overview answers 20 readers at once, each signed in apart.

    python -m bench.page [READY_FILE]

READY_FILE is what a running `manage.py up --ready-file` wrote; without one a stack is
started for the measurement. Prints milliseconds for a whole page, a
changed poll and an unchanged poll, in one run so that they can be compared.
"""

import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from bench import crowd, stack

READERS = 20
SECONDS = 15.0
WARM_SECONDS = 2.0
OVERVIEW = "/admin/ops/overview"


def main() -> None:
    if len(sys.argv) > 1:
        compare(json.loads(Path(sys.argv[1]).read_text()))
        return
    with stack.running() as ready:
        compare(ready)


def compare(ready: dict[str, Any]) -> None:
    account = next(each for each in ready["accounts"] if each["role"] == "viewer")
    sessions = [session_of(ready["url"], account) for _ in range(READERS)]
    place = urlsplit(ready["url"])
    address = (str(place.hostname), place.port or 80)
    cases = {
        "page": [crowd.Visitor(address, OVERVIEW, key) for key in sessions],
        "changed poll": [
            crowd.Reader(address, OVERVIEW, key, forgetful=True) for key in sessions
        ],
        "unchanged poll": [crowd.Reader(address, OVERVIEW, key) for key in sessions],
    }
    print(
        f"{READERS} readers, {SECONDS:.0f} s each    req/s     p50     p95     p99  (ms)"
    )
    for name, readers in cases.items():
        measure(name, readers)


def measure(name: str, readers: list[crowd.Reader]) -> None:
    """Each asks again as soon as it is answered."""
    with crowd.Crowd(readers) as people:
        people.hurry(WARM_SECONDS)
        result = people.hurry(SECONDS)
    if result.refused():
        sys.exit(f"Readers were refused: {result.statuses}")
    rate = len(result.times) / SECONDS
    print(f"{name:24} {rate:8.0f}{result.percentiles()}", flush=True)


def session_of(url: str, account: dict[str, str]) -> str:
    with httpx.Client(base_url=url, follow_redirects=True, timeout=30) as client:
        form = client.get("/admin/ops/sign-in").text
        token = form.partition('name="csrfmiddlewaretoken" value="')[2]
        fields = {
            "login": account["username"],
            "password": account["password"],
            "csrfmiddlewaretoken": token.partition('"')[0],
        }
        client.post("/admin/ops/sign-in", data=fields)
        client.get(OVERVIEW, follow_redirects=False).raise_for_status()
        return client.cookies["ops_session"]


if __name__ == "__main__":
    main()
