"""The fault `leak-secrets`: nothing of it anywhere that the panel writes or shows."""

import base64
import json
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from opspanel import known_secrets
from opspanel.sanitize import PLACEHOLDER
from tests.stack import leaks

OURS = ("web", "worker", "upkeep", "beat")
READABLE = ("PROVISIONING", "BILLING", "slice.vm_provision", "api", "outbox-relay")
SHOWN_MS = 60_000


@pytest.fixture(scope="module")
def leaking(stack, page):
    """The stack while the fault is on and seen, and what must not be found in it."""
    for fault in ("leak-secrets", "api-5xx"):
        assert stack.manage("fault", fault).returncode == 0
    expect(page.locator('[data-key^="api.errors:api"]')).to_be_visible(timeout=SHOWN_MS)
    expect(page.locator("#live")).to_contain_text(PLACEHOLDER, timeout=SHOWN_MS)
    yield leaks.leaked_secrets((stack.run_dir / "demo" / "leaked.json").read_text())
    assert stack.manage("fault", "--clear").returncode == 0
    expect(page).to_have_title("Healthy · demo operations", timeout=SHOWN_MS)


@pytest.fixture(scope="module")
def addresses(stack):
    return json.loads((stack.run_dir / "env.json").read_text())


def answer(stack, page, path):
    response = page.request.get(f"{stack.ready['url']}{path}")
    assert response.ok
    return f"{response.headers}\n{response.text()}".encode()


@pytest.mark.parametrize("path", ["/admin/ops/overview", "/admin/ops/overview.json"])
def test_page_and_json_show_names_and_no_secret(stack, page, leaking, path):
    """Names of services, streams and task types stay; what leaked does not show."""
    found = answer(stack, page, path)
    assert leaks.shown(leaking, found) == []
    assert PLACEHOLDER.encode() in found
    assert [name for name in READABLE if name.encode() not in found] == []


def test_redis_holds_no_secret(leaking, addresses):
    """Neither the snapshot nor the queue of tasks."""
    found = list(leaks.everything_in_redis(addresses["REDIS_URL"]))
    assert any(PLACEHOLDER.encode() in value for value in found)
    assert leaks.shown(leaking, b"\n".join(found)) == []


def test_postgres_holds_no_secret(leaking, addresses):
    """No row of any table of the panel; snapshots are unpacked for this."""
    found = list(leaks.everything_in_postgres(addresses["DATABASE_URL"]))
    assert any(PLACEHOLDER.encode() in value for value in found)
    assert leaks.shown(leaking, b"\n".join(found)) == []


@pytest.mark.parametrize("words", [("collect", "--once"), ("doctor",)], ids=str)
def test_commands_print_no_secret(stack, leaking, words):
    """What an engineer runs while it leaks is safe to paste."""
    made = stack.manage(*words)
    assert made.stdout
    assert leaks.shown(leaking, f"{made.stdout}\n{made.stderr}".encode()) == []


def test_logs_hold_no_secret(stack, leaking, addresses):
    """Of no process of the panel; nor do they hold what the panel itself signs in with."""
    held = {
        f"own {number}": secret
        for number, secret in enumerate(
            known_secrets.held(SimpleNamespace(**addresses))
        )
        if secret
    }
    assert held
    for name in OURS:
        for log in (stack.run_dir / "logs").glob(f"{name}.log*"):
            assert leaks.shown(leaking | held, log.read_bytes()) == [], log


def test_workers_write_lines_of_json(stack, leaking):
    """Celery's own format, which cleans nothing, is not in use."""
    lines = (stack.run_dir / "logs" / "worker.log").read_text().splitlines()
    said = [json.loads(line) for line in lines if line.startswith("{")]
    assert any(line["logger"].startswith("celery") for line in said)
    assert not [line for line in lines if line.startswith("[20")]


SECRET = "Zk3vQ9xWb7Lr2TnY8sHd4J"


@pytest.mark.parametrize(
    "found",
    [
        f"a {SECRET} b",
        SECRET[::-1],
        SECRET.encode().hex().upper(),
        "".join(f"%{byte:02x}" for byte in SECRET.encode()),
        "".join(f"&#{byte};" for byte in SECRET.encode()),
        "".join(f"\\u{byte:04x}" for byte in SECRET.encode()),
        *(base64.b64encode(b"x" * n + SECRET.encode()).decode() for n in range(3)),
        SECRET[3:18],
    ],
)
def test_the_search_finds_a_secret_in_any_form(found):
    """A search that finds nothing anywhere would let every test here pass."""
    assert leaks.shown({"it": SECRET}, found.encode()) == ["it"]
    assert leaks.shown({"it": SECRET}, b"quiet words and PROVISIONING") == []
