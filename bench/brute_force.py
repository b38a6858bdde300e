"""How many passwords a storm of guesses gets computed: 10,000, 200 at once.

    python -m bench.brute_force

Needs a running `make run`: it uses that database with a web server of its own, which
counts. Each guess comes from another address. The answer must be 5.
"""

import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from opspanel import env
from opspanel.embedded.program import free_port

GUESSES = 10_000
AT_ONCE = 200
SIGN_IN = "/admin/ops/sign-in"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        count = Path(folder) / "hashes"
        count.touch()
        port = free_port()
        server = serve(port, count)
        try:
            wait_for(port)
            count.write_bytes(b"")
            began = time.monotonic()
            told = storm(f"http://127.0.0.1:{port}", f"bench-{secrets.token_hex(4)}")
            took = time.monotonic() - began
        finally:
            server.terminate()
            server.wait(20)
        print(f"{GUESSES} guesses, {AT_ONCE} at once, {took:.0f} s: {dict(told)}")
        print(f"passwords hashed: {count.stat().st_size}")


def serve(port: int, count: Path) -> subprocess.Popen[bytes]:
    settings = {
        "DJANGO_SETTINGS_MODULE": "bench.counting_settings",
        "BENCH_HASHES": str(count),
        "OPSPANEL_BEHIND_PROXY": "true",
        "OPSPANEL_LOG_LEVEL": "CRITICAL",
    }
    command = ["-m", "granian", "--interface", "wsgi", "--port", str(port)]
    threads = ["--workers", "2", "--blocking-threads", "8", "--backlog", "1024"]
    return subprocess.Popen(
        [sys.executable, *command, *threads, "opspanel.wsgi:application"],
        env={**env.inherited(), **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_for(port: int) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            httpx.get(f"http://127.0.0.1:{port}/readyz").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    sys.exit("The server did not start. Is `make run` running?")


def storm(url: str, name: str) -> Counter[str]:
    client = httpx.Client(
        base_url=url, timeout=120, limits=httpx.Limits(max_connections=AT_ONCE)
    )
    page = client.get(SIGN_IN)
    token = page.text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[
        0
    ]

    def guess(number: int) -> str:
        fields = {
            "login": name,
            "password": f"guess {number}",
            "csrfmiddlewaretoken": token,
        }
        address = f"10.{number // 62500}.{number // 250 % 250}.{number % 250}"
        headers = {"X-Forwarded-For": address, "X-Forwarded-Proto": "http"}
        try:
            return str(client.post(SIGN_IN, data=fields, headers=headers).status_code)
        except httpx.HTTPError as error:
            return type(error).__name__

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(guess, range(GUESSES)))


if __name__ == "__main__":
    main()
