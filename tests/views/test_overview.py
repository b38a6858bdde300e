"""The overview as its readers get it: page, live part, JSON."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from opspanel.models import User
from opspanel.snapshot.latest import configured_latest, configured_stores
from opspanel.snapshot.store import save_to_all
from opspanel.templatetags.ops import because
from tests import snapshots
from tests.live.conftest import shown_version

pytestmark = pytest.mark.usefixtures("no_snapshots")
HTMX = {"HX-Request": "true"}
KEYS = {
    "schema",
    "environment",
    "environment_profile",
    "taken_at",
    "decision",
    "actions",
    "health",
    "queues",
    "throughput",
    "errors",
    "incidents",
    "sources",
    "self_test",
    "audit",
    "slos",
    "watchlist",
    "region",
    "regions",
}


@pytest.fixture
def viewer(client):
    user = User.objects.create_user("viewer", password="a long pass phrase")
    user.groups.add(Group.objects.get(name="viewer"))
    client.force_login(user)
    return client


@pytest.fixture
def collected(no_snapshots):
    """A snapshot that was just stored."""
    snapshot = snapshots.healthy(timezone.now())
    save_to_all(configured_stores(), snapshot)
    return snapshot


def test_it_shows_the_stored_snapshot(viewer, collected):
    """The page carries the decision and every service of the snapshot."""
    page = viewer.get(reverse("ops:overview"))
    assert page.status_code == 200
    assert because(collected.decision) in page.text
    for component in collected.health:
        assert component.name in page.text


def test_a_poll_gets_the_live_part_only(viewer, collected):
    """A poll is answered with the fragment, marked as ours."""
    part = viewer.get(reverse("ops:overview"), headers=HTMX)
    assert part["X-Ops-Fragment"] == "1"
    assert "<html" not in part.text
    assert because(collected.decision) in part.text


def test_an_unchanged_poll_costs_almost_nothing(viewer, collected):
    """Who already has the newest snapshot gets 204 and no body."""
    known = {"v": shown_version()}
    answer = viewer.get(reverse("ops:overview"), known, headers=HTMX)
    assert answer.status_code == 204
    assert answer.content == b""


def test_before_the_first_pass_the_page_says_so(viewer):
    """With nothing collected yet the page answers, and shows nothing green."""
    page = viewer.get(reverse("ops:overview"))
    assert page.status_code == 200
    assert 'data-status="unknown"' in page.text
    assert "Nothing was collected yet" in page.text


def test_the_json_has_the_documented_keys(viewer, collected):
    """Scripts find the documented top-level keys and the three queues."""
    body = viewer.get(reverse("ops:overview-json")).json()
    assert set(body) == KEYS
    assert set(body["queues"]) == {"nats", "node_tasks", "outbox"}
    assert body["decision"]["status"] == "healthy"


def test_the_json_of_an_unchanged_snapshot_is_304(viewer, collected):
    """A script that sends back the ETag gets no body."""
    address = reverse("ops:overview-json")
    etag = viewer.get(address)["ETag"]
    again = viewer.get(address, headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert again.content == b""


def test_the_json_says_when_nothing_was_collected(viewer):
    """An empty panel is 503 with a reason for scripts, not an empty document."""
    answer = viewer.get(reverse("ops:overview-json"))
    assert answer.status_code == 503
    assert answer.json()["code"] == "service_unavailable"


def test_a_newer_snapshot_shows_within_a_second(viewer, collected):
    """The page follows its stores: nothing older is served once a second passed."""
    address = reverse("ops:overview-json")
    newer = replace(collected, taken_at=collected.taken_at + timedelta(seconds=5))
    viewer.get(address)
    save_to_all(configured_stores(), newer)
    configured_latest.cache_clear()
    assert viewer.get(address).json()["taken_at"] == newer.taken_at.isoformat().replace(
        "+00:00", "Z"
    )


@pytest.mark.parametrize("route", ["ops:overview", "ops:overview-json"])
def test_no_answer_may_be_kept(viewer, collected, route):
    """No browser or proxy keeps ops figures."""
    assert viewer.get(reverse(route))["Cache-Control"] == "no-store"


def test_a_valid_correlation_id_is_kept_and_an_invalid_one_replaced(viewer):
    """Every answer carries an id: the caller's if well formed, else a new one."""
    address = reverse("ops:overview")
    kept = viewer.get(address, headers={"X-Correlation-ID": "abcdef-123456"})
    assert kept["X-Correlation-ID"] == "abcdef-123456"
    made = viewer.get(address, headers={"X-Correlation-ID": "bad id\nwith: breaks"})
    assert len(made["X-Correlation-ID"]) == 32


def test_a_missing_page_and_a_missing_runbook_say_so(viewer):
    """404 is a page for people."""
    assert viewer.get("/admin/ops/nowhere").status_code == 404
    assert viewer.get(reverse("ops:runbook", args=["no.such"])).status_code == 404


def test_a_runbook_of_panel_toml_opens(viewer):
    """A card's runbook without an address of its own is a page of the panel."""
    page = viewer.get(reverse("ops:runbook", args=["ops.outbox.relay"]))
    assert page.status_code == 200
    assert "Outbox relay degraded" in page.text


def test_health_endpoints_answer_strangers_without_data(client):
    """Load balancers need no account and learn nothing."""
    assert client.get("/healthz").text == "ok"
    assert client.get("/readyz").text == "ready"


def test_scripts_get_no_good_word_from_an_old_snapshot(viewer):
    """With the collector silent, overview.json says unknown, under another ETag."""
    healthy = snapshots.healthy(timezone.now())
    old = replace(healthy, taken_at=healthy.taken_at - timedelta(minutes=1))
    save_to_all(configured_stores(), old)
    address = reverse("ops:overview-json")
    fresh = shown_version().removesuffix("-stale")
    answer = viewer.get(address, headers={"If-None-Match": f'"{fresh}"'})
    assert answer.status_code == 200
    assert answer.json()["decision"]["status"] == "unknown"
    assert answer.json()["decision"]["coverage"]["fresh"] == 0
    again = viewer.get(address, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
