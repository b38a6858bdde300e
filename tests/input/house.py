"""Everybody who may ask something, and a look at each answer and at what it changed."""

import gc
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from opspanel.access import screens
from opspanel.models import Attempts, Pairing, Screen, User
from tests.access import cells

FORM = "application/x-www-form-urlencoded"
PASSWORD = "a long pass phrase"
ROLES = {"viewer": "viewer", "on_call": "on-call", "admin": "admin"}
# All that people and scripts change by what they send, in one row.
STANDS = """
SELECT
  (SELECT (count(*), sum(version)) FROM ops_incident),
  (SELECT count(*) FROM ops_incidentevent),
  (SELECT (count(*), count(revoked_at), sum(version)) FROM ops_screen),
  (SELECT (count(*), count(feedback_at), count(incident_id)) FROM ops_watchitem),
  (SELECT count(*) FROM ops_watchevent),
  (SELECT (sum(session_epoch), string_agg(password, ' ' ORDER BY id)) FROM ops_user),
  (SELECT count(*) FROM mfa_authenticator)
"""


EMPTIED = """
TRUNCATE ops_incident, ops_screen, ops_pairing, ops_attempts, ops_watchsignal,
  ops_watchitem RESTART IDENTITY CASCADE
"""


class Asked(NamedTuple):
    """One request: of whom, to which route, with what."""

    who: str
    method: str
    route: str
    fields: dict | None = None
    args: tuple = ()
    query: dict | None = None
    htmx: bool = False


class House:
    """`asked` counts requests, `slowest` is the longest of them: seconds, and which."""

    def __init__(self):
        self.asked, self.slowest = 0, (0.0, "", "")
        self.people = {name: _member(name, role) for name, role in ROLES.items()}
        self.clients = {}
        self.begin()

    def begin(self):
        """Everybody at a fresh browser, nothing recorded, and no limit reached: what is
        drawn next may hang on what was answered, and must be the same each time."""
        with connection.cursor() as cursor:
            cursor.execute(EMPTIED)
        for name in ("stranger", "wall", *self.people):
            self.clients[name] = Client(raise_request_exception=False)
        for name in self.people:
            self.sign_in(name)
        self.clients["wall"].cookies["ops_wall"] = screens.issue(_lobby(), _now())
        self.look_around()

    def sign_in(self, name):
        """As they are by now: who signed out everywhere is of a later epoch."""
        self.people[name].refresh_from_db()
        self.clients[name].force_login(self.people[name])

    def look_around(self):
        """What happened without a request is no request's doing."""
        self._stood = stands()

    def forget_attempts(self):
        """As fifteen minutes without one do."""
        Attempts.objects.all().delete()
        Pairing.objects.all().delete()

    def ask(self, asked):
        """The answer. Raises AssertionError where it is not as tests/authz.yaml has it,
        is a fault of ours, or something changed that must not have."""
        address = reverse(asked.route, args=asked.args)
        if asked.query:
            address = f"{address}?{_sent(asked.query)}"
        headers = {"HX-Request": "true"} if asked.htmx else {}
        body = _sent(asked.fields or {})
        client = self.clients[asked.who]
        before = cells.audited()
        with cells.writes() as written:
            began = time.perf_counter()
            answer = client.generic(asked.method, address, body, FORM, headers=headers)
            took = time.perf_counter() - began
        self.asked += 1
        self.slowest = max(self.slowest, (took, asked.method, asked.route))
        assert answer.status_code < 500, (answer.status_code, asked)
        _as_the_matrix_says(asked, answer)
        if written and self._changed():
            _rightly(asked, answer, cells.audited() - before)
        return answer

    def _changed(self):
        before, self._stood = self._stood, stands()
        return before != self._stood


def _as_the_matrix_says(asked, answer):
    word, statuses = cells.told(asked.route, asked.method, asked.who)
    if (word, asked.route) == ("pair", "ops:wall") and "demo" in (asked.query or {}):
        # Made-up boards need no screen's approval.
        assert answer["Location"].startswith(reverse("ops:wall-demo")), asked
    elif word != "through":
        assert answer.status_code == statuses[asked.htmx], (
            word,
            answer.status_code,
            asked,
        )


def _rightly(asked, answer, audited):
    """Something changed: by whom it may, by what was not refused, and with a row."""
    word, _ = cells.told(asked.route, asked.method, asked.who)
    assert (word, asked.method) == ("through", "POST"), asked
    assert answer.status_code < 400, ("refused, and it changed something", asked)
    assert audited, ("changed, and nothing in the trail", asked)


def stands():
    with connection.cursor() as cursor:
        cursor.execute(STANDS)
        return cursor.fetchone()


def resident():
    """Bytes of memory that this process holds."""
    gc.collect()
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _sent(fields):
    # Surrogates become bytes that are no UTF-8, which nothing but a script sends.
    return urlencode(fields, doseq=True, errors="surrogatepass")


def _member(name, role):
    user = User.objects.create_user(name, password=PASSWORD)
    user.groups.add(Group.objects.get(name=role))
    return user


def _lobby():
    """The wall's own screen."""
    made = {
        "boards": 4,
        "approved_at": _now(),
        "expires_at": _now() + timedelta(days=90),
    }
    return Screen.objects.create(name="Lobby", **made)


def _now():
    return timezone.now()
