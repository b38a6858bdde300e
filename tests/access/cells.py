"""One cell of the authorization matrix: what one actor gets for one request."""

import re
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import yaml
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import Max
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from opspanel.access import screens
from opspanel.checks import patterns
from opspanel.models import Attempts, AuditEvent, Pairing, Screen, Session, User

MATRIX = yaml.safe_load(Path("tests/authz.yaml").read_text())
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
ROLES = {
    "viewer": "viewer",
    "on_call": "on-call",
    "removed": "on-call",
    "admin": "admin",
    "admin_without_factor": "admin",
    "admin_stale": "admin",
    "deactivated": "admin",
}
ACTORS = ("stranger", "no_role", *ROLES, "wall")
ARGUMENTS = {
    "api:alerts-from": ["eu"],
    "ops:incident-md": [1],
    "ops:incident-json": [1],
    "api:incident": [1],
    "api:events": [1],
    "ops:runbook": ["ops.outbox.relay"],
    "ops:screen-change": [1],
    "ops:screen-revoke": [1],
    "mfa_remove_webauthn": [1],
}
WITHOUT_SESSION = ("stranger", "wall")
NUMBERED = re.compile(r"ops:(incident(?!s|-declare)|watch-)")
# Also as parts of a statement; not where rows are only locked, or were inserted already.
WRITTEN = re.compile(r"(?:INSERT INTO|DELETE FROM|(?<!FOR )(?<!DO )UPDATE) (\w+)")
# Bookkeeping about requests, which is not what a request is refused for.
KEPT_BY_THE_DOOR = ("ops_session", "ops_attempts", "ops_pairing")


def routes():
    """Every route of the resolver by its full name."""
    found = {}
    for entry in get_resolver().url_patterns:
        namespace = getattr(entry, "namespace", None)
        for route in patterns(getattr(entry, "url_patterns", [entry])):
            name = f"{namespace}:{route.name}" if namespace else route.name
            found[name] = route
    return found


def arguments(name):
    return [1] if NUMBERED.match(name) else ARGUMENTS.get(name)


def told(name, method, actor):
    """`(word, statuses)` of a cell, as the file says."""
    for methods, entry in MATRIX["routes"][name].items():
        if method in methods.split():
            rule, through = entry
            word = MATRIX["rules"][rule][actor]
            return word, MATRIX["answers"].get(word, [through, through])
    return "no such method", [405, 405]


class Actor:
    """Somebody at a browser, whose session is put back after each request."""

    def __init__(self, name, encoded_password):
        self.name = name
        self.client = Client(raise_request_exception=False)
        self.screen = _screen()
        if name == "wall":
            self.token = screens.issue(self.screen, timezone.now())
        if name in WITHOUT_SESSION:
            return
        self.user = User.objects.create(username=name, password=encoded_password)
        if name in ROLES:
            self.user.groups.add(Group.objects.get(name=ROLES[name]))
        self.client.force_login(self.user)
        self._prepare_session()
        if name == "removed":
            self.user.groups.clear()
        if name == "deactivated":
            User.objects.filter(pk=self.user.pk).update(is_active=False)

    def _prepare_session(self):
        session = self.client.session
        if self.name != "admin_without_factor":
            session["second_factor"] = True
        if self.name == "admin_stale":
            session["signed_in_at"] = time.time() - 16 * 60
        session.save()
        self.kept = Session.objects.get(pk=session.session_key)
        self.cookie = session.session_key

    def put_back(self):
        self.client.cookies.clear()
        Attempts.objects.all().delete()
        Pairing.objects.all().delete()
        Screen.objects.filter(pk=self.screen.pk).update(revoked_at=None, seen_at=None)
        if self.name == "wall":
            self.client.cookies["ops_wall"] = self.token
        if self.name not in WITHOUT_SESSION:
            self.kept.save()
            User.objects.filter(pk=self.user.pk).update(session_epoch=0)
            self.client.cookies["ops_session"] = self.cookie

    def asks(self, name, method, *, htmx):
        """`(status, audit rows made, other tables written to)`."""
        self.put_back()
        address = reverse(name, args=arguments(name))
        headers = {"HX-Request": "true"} if htmx else {}
        before = audited()
        with writes() as written:
            answer = self.client.generic(method, address, headers=headers)
        return answer.status_code, audited() - before, sorted(written)


def _screen():
    """The one that the addresses of acts name, and that is the actor `wall`."""
    now = timezone.now()
    wanted = {
        "boards": 4,
        "approved_at": now,
        "expires_at": now + timedelta(days=90),
    }
    return Screen.objects.get_or_create(pk=1, defaults=wanted)[0]


def audited():
    return AuditEvent.objects.aggregate(last=Max("seq"))["last"] or 0


@contextmanager
def writes():
    """The tables that Django's connection writes to."""
    tables = set()

    def note(execute, sql, params, many, context):
        tables.update(WRITTEN.findall(sql.replace('"', "")))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield tables
    tables.difference_update(KEPT_BY_THE_DOOR)
