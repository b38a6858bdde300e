"""The panel's own Postgres takes no writes, has no room, no connection, or is held up."""

import gzip
import re
import time
from contextlib import contextmanager
from threading import Thread
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from opspanel.access import screens
from opspanel.models import IncidentEvent, Screen, Session
from opspanel.views import health, last_copy
from tests.access import cells
from tests.faults.no_script import Browser
from tests.live.conftest import Clock, Site

LAST = "This is the last good copy"
NO_WRITES = "takes no writes now"
# Whoever reads the trail is written down in it, or reads nothing.
AUDITED = {"ops:audit", "ops:incident-suspects"}
# They keep something for their form in the session, and can only be asked for again.
BEGINNINGS = {"mfa_activate_totp", "mfa_add_webauthn", "mfa_login_webauthn"}


@contextmanager
def set_for_all(own_postgres, setting, value):
    """Of each connection that is made in there, but for this one."""
    with psycopg.connect(own_postgres.server.url("postgres"), autocommit=True) as one:
        one.execute(f"ALTER DATABASE panel SET {setting} = {value}")
        connection.close()
        try:
            yield
        finally:
            one.execute(f"ALTER DATABASE panel RESET {setting}")
            connection.close()


def read_only(own_postgres):
    return set_for_all(own_postgres, "default_transaction_read_only", "on")


def pages():
    """Whatever can be asked for without writing anything."""
    return sorted(set(cells.routes()) - AUDITED - BEGINNINGS)


def test_every_page_goes_on_where_nothing_is_written(own_postgres, browser):
    """And the use of its session, which is due to be noted, is noted later."""
    addresses = [reverse(name, args=cells.arguments(name)) for name in pages()]
    before = {each: browser.client.get(each).status_code for each in addresses}
    used_at = browser.pause()
    with read_only(own_postgres):
        during = {each: browser.client.get(each).status_code for each in addresses}
        assert browser.client.session["used_at"] == used_at
    assert during == before
    assert browser.client.get(reverse("ops:overview")).status_code == 200
    assert browser.client.session["used_at"] > used_at


def test_a_recording_is_given_back_and_says_why(own_postgres, browser, incident):
    """503, with what was typed and its key; sent again later it is recorded once."""
    address, token = reverse("ops:incident-note", args=[incident.id]), browser.token()
    sent = {"note": "Half a thought", "client_key": str(uuid4())}
    with read_only(own_postgres):
        answer = browser.sends(address, token, **sent)
    assert answer.status_code == 503
    assert NO_WRITES in answer.text
    assert "Half a thought" in answer.text
    assert sent["client_key"] in answer.text
    assert browser.sends(address, token, **sent).status_code == 303
    assert IncidentEvent.objects.filter(body="Half a thought").count() == 1


@pytest.mark.parametrize("name", sorted(AUDITED))
def test_who_cannot_be_written_down_does_not_read_the_trail(
    own_postgres, browser, incident, name
):
    """503 and no row of it."""
    args = [incident.id] if name == "ops:incident-suspects" else None
    with read_only(own_postgres):
        answer = browser.client.get(reverse(name, args=args))
    assert answer.status_code == 503
    assert NO_WRITES in answer.text


def test_a_session_that_is_gone_is_still_told_from_one_that_cannot_be_noted(browser):
    """Signed out meanwhile: not served as if nothing were."""
    browser.pause()
    Session.objects.all().delete()
    assert browser.client.get(reverse("ops:overview")).status_code == 302


def test_it_is_ready_and_says_that_it_only_reads(own_postgres, browser):
    """A load balancer that took it away would take every other as well."""
    with read_only(own_postgres):
        answer = browser.client.get(reverse("readyz"))
        assert (answer.status_code, answer.text) == (200, "ready, read-only")
    assert browser.client.get(reverse("readyz")).text == "ready"


@pytest.mark.parametrize("age", ["new", "settled", "week"])
def test_a_wall_keeps_contact(own_postgres, browser, age):
    """Though it cannot be noted that it was seen, nor its token settled or changed."""
    now = timezone.now()
    screen = Screen.objects.create(
        name=f"Lobby {age}", approved_at=now, boards=4, expires_at=now + screens.LONGEST
    )
    issued = now - {
        "new": 2 * screens.SETTLED_AFTER,
        "week": screens.ROTATED_AFTER,
    }.get(age, 0 * screens.OVERLAP)
    wall = Client(raise_request_exception=False)
    wall.cookies["ops_wall"] = screens.issue(screen, issued)
    if age != "new":
        screen.tokens.update(settled_at=now)
    with read_only(own_postgres):
        for _ in range(2):
            answer = wall.get(reverse("ops:wall-board"))
            assert answer.status_code == 200
        screen.refresh_from_db()
        assert screen.seen_at is None
    assert wall.get(reverse("ops:wall-board")).status_code == 200
    screen.refresh_from_db()
    assert screen.seen_at is not None


def connections_without_end(url):
    while True:
        yield psycopg.connect(url)


@contextmanager
def no_connection_left(own_postgres):
    """Somebody else holds each that the server gives."""
    connection.close()
    held = []
    try:
        with pytest.raises(psycopg.OperationalError):
            held.extend(connections_without_end(own_postgres.server.url("postgres")))
        yield
    finally:
        for each in held:
            each.close()


def test_with_no_connection_left_it_is_said_and_nothing_typed_is_lost(
    own_postgres, browser, incident
):
    """503 for pages and recordings, not ready; whole again when one is free."""
    address, token = reverse("ops:incident-note", args=[incident.id]), browser.token()
    with no_connection_left(own_postgres):
        answers = [
            browser.client.get(reverse("ops:overview")),
            browser.sends(address, token, note="Half a thought"),
            browser.client.get(reverse("readyz")),
        ]
    assert [each.status_code for each in answers] == [503] * 3
    assert "has no connection left" in answers[0].text
    assert "Half a thought" in answers[1].text
    assert browser.client.get(reverse("ops:overview")).status_code == 200


def test_while_somebody_holds_the_trail_nothing_is_recorded_and_all_is_kept(
    own_postgres, browser, incident
):
    """503, whether its wait or that of the whole request is over first; sent again it is
    recorded once."""
    address, token = reverse("ops:incident-note", args=[incident.id]), browser.token()
    sent = {"note": "Half a thought more", "client_key": str(uuid4())}
    with psycopg.connect(own_postgres.server.url("panel")) as holder:
        holder.execute("SELECT FROM ops_audithead FOR UPDATE")
        answer = browser.sends(address, token, **sent)
    connection.close()  # as the end of a request does where its wait was cut
    assert answer.status_code == 503
    assert re.search("Busy: not saved. Try again.|Not saved yet", answer.text)
    assert sent["note"] in answer.text
    assert not IncidentEvent.objects.filter(body=sent["note"]).exists()
    assert browser.sends(address, token, **sent).status_code == 303
    assert IncidentEvent.objects.filter(body=sent["note"]).count() == 1


class Crossing:
    """Somebody who locks the end of the trail first and an incident then: the other way
    round than whoever records."""

    def __init__(self, own_postgres, incident):
        self._url, self._incident = own_postgres.server.url("panel"), incident.id

    def __enter__(self):
        self._holder = psycopg.connect(self._url)
        # It is never the one that Postgres ends.
        self._holder.execute("SET deadlock_timeout = '1min'")
        self._holder.execute("SELECT FROM ops_audithead FOR UPDATE")
        self._thread = Thread(target=self._cross)
        self._thread.start()

    def _cross(self):
        with psycopg.connect(self._url, autocommit=True) as looking:
            waits = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            ends = time.monotonic() + 10
            while looking.execute(waits).fetchone() == (0,) and time.monotonic() < ends:
                time.sleep(0.005)
        self._holder.execute(
            "SELECT FROM ops_incident WHERE id = %s FOR UPDATE", [self._incident]
        )

    def __exit__(self, *_):
        self._thread.join()
        self._holder.close()


def deadlocks(own_postgres):
    with psycopg.connect(own_postgres.server.url("postgres")) as one:
        counted = "SELECT deadlocks FROM pg_stat_database WHERE datname = 'panel'"
        return one.execute(counted).fetchone()[0]


def test_a_deadlock_is_no_fault_and_nothing_typed_is_lost(
    own_postgres, browser, incident
):
    """503 as for any that is busy; sent again, with the same key, it is recorded once."""
    address, token = reverse("ops:incident-note", args=[incident.id]), browser.token()
    sent = {"note": "Crossed thoughts", "client_key": str(uuid4())}
    with set_for_all(own_postgres, "deadlock_timeout", "'300ms'"):
        # Where the machine is slow the wait may be over before there was a deadlock.
        for _ in range(10):
            with Crossing(own_postgres, incident):
                answer = browser.sends(address, token, **sent)
            connection.close()
            assert answer.status_code == 503
            assert re.search("[Bb]usy|Not saved yet", answer.text)
            assert sent["note"] in answer.text
            if deadlocks(own_postgres):
                break
        assert deadlocks(own_postgres)
    assert not IncidentEvent.objects.filter(body=sent["note"]).exists()
    assert browser.sends(address, token, **sent).status_code == 303
    assert IncidentEvent.objects.filter(body=sent["note"]).count() == 1


class Gone:
    """Two who are signed in, of whom the first has a page open; then no Postgres."""

    def __init__(self, browser, site):
        self.browser, self.site, self.other = browser, site, Browser("otto")
        self.token = browser.token()
        site.desks.keeper.tick()
        assert self.poll(browser).status == 200

    def poll(self, who):
        return self.site.ask(who.client.session.session_key)

    def page(self, who, route="ops:overview"):
        return who.client.get(reverse(route))

    def pass_time(self, seconds):
        self.site.clock.now += seconds
        self.site.desks.keeper.tick()


@pytest.fixture
def gone(own_postgres, browser, monkeypatch):
    clock = Clock()
    site = Site(clock)
    site.clock = clock
    for views in (last_copy, health):
        monkeypatch.setattr(views, "configured_desks", lambda: site.desks)
    return Gone(browser, site)


def shown(poll):
    return gzip.decompress(poll.body).decode()


def test_once_it_is_gone_its_last_copy_is_for_those_who_were_let_in(own_postgres, gone):
    """With a banner, also as a whole page; for nobody new, and five minutes at most."""
    keys = [who.client.session.session_key for who in (gone.browser, gone.other)]
    with own_postgres.away():
        gone.pass_time(60)
        assert LAST in shown(gone.site.ask(keys[0]))
        page = gone.page(gone.browser)
        assert page.status_code == 200
        assert LAST in page.text
        assert "ana" in page.text
        assert gone.page(gone.other, "readyz").text == "ready, last copy"
        assert gone.page(gone.other).status_code == 503
        assert gone.site.ask(keys[1]).status == 503
        gone.pass_time(240)
        assert gone.page(gone.browser).status_code == 503
        assert gone.page(gone.other, "readyz").status_code == 503
        assert gone.site.ask(keys[0]).status == 503
    gone.pass_time(1)
    assert LAST not in gone.page(gone.browser).text
    assert LAST not in shown(gone.poll(gone.browser))


def test_the_last_copy_is_of_nothing_else(own_postgres, gone, incident):
    """Other pages, scripts and recordings are 503; what was typed is kept."""
    address = reverse("ops:incident-note", args=[incident.id])
    with own_postgres.away():
        gone.pass_time(60)
        for route in ("ops:incidents", "ops:overview-json", "ops:account", "ops:audit"):
            assert gone.page(gone.browser, route).status_code == 503
        answer = gone.browser.sends(address, gone.token, note="Half a thought")
    assert answer.status_code == 503
    assert "Half a thought" in answer.text
