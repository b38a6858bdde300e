"""Every face of every page, as the application answers, at one frozen moment.

Each builder shows one page in one state; together they are what the rules of
accessibility and the pictures of docs/screens/ are held against.
"""

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from fido2.cose import ES256
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorAttestationResponse,
    AuthenticatorData,
    CollectedClientData,
    RegistrationResponse,
)

from opspanel.access import screens
from opspanel.access.contact import configured_contact
from opspanel.alerts.delivery import take
from opspanel.incidents import Draft, Move, Submission, acknowledge, declare, move, note
from opspanel.live.desks import start_anew
from opspanel.models import (
    Deploy,
    Screen,
    User,
    WatchItem,
    WatchPoint,
    WatchSignal,
)
from opspanel.panel.load import configured_panel
from opspanel.snapshot import latest
from opspanel.snapshot.postgres import PostgresStore
from opspanel.snapshot.rollups import fold_in
from opspanel.snapshot.schema import Snapshot
from opspanel.snapshot.silence import configured_watcher
from opspanel.snapshot.store import save_to_all
from opspanel.terms import IncidentStatus, Silence, WatchState, WatchStatus
from opspanel.views import errors
from opspanel.views.wall_demo import STATES
from opspanel.watch.points import slot_of
from opspanel.watchlist.acts import Change, Person, change
from opspanel.watchlist.items import keep_listed
from opspanel.watchlist.judging import judge_signal
from tests import snapshots
from tests.alerts.conftest import alert, message

OPS = "/admin/ops"
OVERVIEWS = (
    "healthy",
    "degraded",
    "unhealthy",
    "unknown",
    "held_over",
    "partial",
    "hostile",
)


@dataclass(frozen=True, slots=True)
class Face:
    """What a browser got: `path` is where it asked."""

    path: str
    status: int
    headers: dict[str, str]
    body: bytes

    @classmethod
    def of(cls, path: str, answer: HttpResponse) -> "Face":
        return cls(path, answer.status_code, dict(answer.items()), answer.content)


class Reader:
    """Somebody signed in with a role, with a second factor."""

    def __init__(self, name: str, role: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.user, _ = User.objects.get_or_create(username=name)
        if role:
            self.user.groups.add(Group.objects.get(name=role))
        self.client.force_login(self.user)
        session = self.client.session
        session["second_factor"] = True
        session.save()

    def sees(self, path: str) -> Face:
        return Face.of(path, self.client.get(f"{OPS}/{path}"))


def collect(build: Callable, **ago: float) -> None:
    latest.configured_stores.cache_clear()
    start_anew()
    save_to_all(latest.configured_stores(), build(timezone.now() - timedelta(**ago)))


def rendered() -> dict[str, Face]:
    """All of them by name; needs an empty database and empty stores."""
    ada, vera = Reader("ada", "admin"), Reader("vera", "viewer")
    return {
        name: face
        for pages in (
            overviews(vera),
            incidents(ada),
            watched(ada),
            lists(ada),
            account(ada),
            sign_in(),
            faults(vera),
            walls(vera),
        )
        for name, face in pages
    }


def overviews(vera: Reader) -> Iterator[tuple[str, Face]]:
    yield "overview-nothing-yet", vera.sees("overview")
    # The oldest first: no store takes an older one after a newer one.
    collect(snapshots.degraded, minutes=4)
    configured_watcher().told = Silence.WORKER
    yield "overview-stale", vera.sees("overview")
    for state in OVERVIEWS:
        collect(getattr(snapshots, state))
        yield f"overview-{state}", vera.sees("overview")
    collect(snapshots.degraded)
    configured_contact().lose(timezone.now() - timedelta(seconds=1))
    yield "overview-last-copy", vera.sees("overview")
    collect(snapshots.unhealthy)
    yield "slos", vera.sees("slos")
    fault = timezone.now() - timedelta(hours=2)
    PostgresStore(history_days=14).save(snapshots.unhealthy(fault))
    yield "past", vera.sees(f"overview?at={fault:%Y-%m-%dT%H:%MZ}")
    yield "compare", vera.sees(f"overview?at={fault:%Y-%m-%dT%H:%MZ}&with=now")
    an_hour_of_waves(timezone.now())
    yield "charts", vera.sees("charts?span=1h")
    yield "changes", vera.sees(f"changes?since={fault:%Y-%m-%dT%H:%MZ}")
    gap = fault - timedelta(minutes=30)
    yield "error-no-minute", vera.sees(f"overview?at={gap:%Y-%m-%dT%H:%MZ}")


def an_hour_of_waves(now: datetime) -> None:
    """And the same hour of last week, a little lower; with a gap, and a deploy."""
    for days in (7, 0):
        for minute in range(-59, 1):
            if minute not in range(-40, -35):
                at = now - timedelta(days=days, minutes=-minute)
                fold_in(waving(at, minute, 1 - days / 20), now - timedelta(days=9))
    Deploy.objects.create(
        service="api", version="1.4.2", minute=now - timedelta(minutes=22), told_by="x"
    )


def waving(at: datetime, minute: int, height: float) -> Snapshot:
    made = snapshots.healthy(at)
    high = height * (2 + math.sin(minute / 7) + 3 * math.exp(-((minute + 18) ** 2) / 9))
    return replace(
        made,
        taken_at=at,
        errors=tuple(
            replace(one, ratio=replace(one.ratio, value=high / (50 + 9 * place)))
            for place, one in enumerate(made.errors)
        ),
        throughput=tuple(
            replace(one, rate=replace(one.rate, value=(7 - high) * (place + 1)))
            for place, one in enumerate(made.throughput)
        ),
    )


def incidents(ada: Reader) -> Iterator[tuple[str, Face]]:
    yield "incidents-none", ada.sees("incidents")
    for each in _recorded(ada.user):
        at = f"incidents/{each.id}"
        yield f"incident-{each.status}", ada.sees(at)
    yield "incidents", ada.sees("incidents")
    yield "incident-suspects", ada.sees(f"{at}/suspects")
    yield "declare", ada.sees("incidents/declare")
    yield "declare-line", ada.sees("incidents/declare?line=2+checkout+5xx+since+14:05")
    yield "overview-on-call", ada.sees("overview")
    yield "handover", ada.sees("incidents/since")


def _recorded(user: User) -> list:
    """One incident in each status, the open one last."""

    def by() -> Submission:
        return Submission.person(user, uuid4())

    made = []
    for status, title in (
        (IncidentStatus.VOID, "Latency of search, as it seemed"),
        (IncidentStatus.RESOLVED, "Mails were sent twice"),
        (IncidentStatus.MITIGATED, "Exports are slow"),
        (IncidentStatus.OPEN, "Checkout answers 5xx for every third customer"),
    ):
        draft = Draft(title=title, severity=2, services={"api": "degraded"})
        one = declare(draft, by())
        acknowledge(one.id, by())
        note(one.id, "Began with the deploy of 13:58; it is being taken back.", by())
        if status == IncidentStatus.VOID:
            one = move(one.id, Move(to=status, closure_reason="false_alarm"), by())
        elif status != IncidentStatus.OPEN:
            one = move(one.id, Move(to=status), by())
        made.append(one)
    return made


def watched(ada: Reader) -> Iterator[tuple[str, Face]]:
    yield "watchlist-none", ada.sees("watchlist")
    now = timezone.now()
    keep_listed(configured_panel().watch_items, now)
    watches = {each.id: each for each in configured_panel().watch}
    for name, subject, values in (
        ("consumer.window", "PAYMENTS webhook-worker", [0.4] * 20 + [1.0] * 4),
        ("api.budget", "api", [0.2] * 20 + [0.41, 0.45, 0.52, 0.61]),
        ("tasks.waits", "slice.vm_provision", [1.2] * 24),
        ("redis.memory", "cache-1", [None] * 24),
    ):
        signal = WatchSignal.objects.create(
            watch=name, subject=subject, state=WatchState.SILENT.value, judged_at=now
        )
        last = slot_of(now) - 1
        WatchPoint.objects.bulk_create(
            WatchPoint(signal=signal, slot=last - back, value=value)
            for back, value in enumerate(reversed(values))
            if value is not None
        )
        judge_signal(signal, watches[name], last)
    yield "watchlist", ada.sees("watchlist")
    item = WatchItem.objects.filter(listed_as="").order_by("pk")[0]
    wanted = Change(WatchStatus.IN_PROGRESS, "", "more workers are started")
    change(item.pk, wanted, Person("ada", now))
    yield "watch-item", ada.sees(f"watchlist/{item.pk}")


def lists(ada: Reader) -> Iterator[tuple[str, Face]]:
    yield "alerts-never", ada.sees("alerts")
    body = message(alert("HighErrorRate"), alert("DiskFull", fingerprint="cd" * 8))
    by = Submission.script("alertmanager")
    take(json.dumps(body).encode(), "alertmanager", configured_panel(), by)
    yield "alerts", ada.sees("alerts")
    yield "audit", ada.sees("audit")
    yield "audit-no-row", ada.sees("audit?action=nothing.like.it")
    yield "screens-none", ada.sees("screens")
    now = timezone.now()
    for name, ago in (("Lobby", 0), ("Hall", 3600)):
        made = {"boards": 4, "approved_at": now}
        seen = now - timedelta(seconds=ago)
        made |= {"name": name, "seen_at": seen, "expires_at": now + timedelta(days=90)}
        screen = Screen.objects.create(place="Berlin, ground floor", **made)
        screens.issue(screen, now)
    yield "screens", ada.sees("screens")
    yield "runbook", ada.sees("runbooks/ops.outbox.relay")


def account(ada: Reader) -> Iterator[tuple[str, Face]]:
    yield "account", ada.sees("account")
    yield "totp", ada.sees("account/totp")
    yield "passkeys-none", ada.sees("account/passkeys")
    yield "passkey-add", ada.sees("account/passkeys/add")
    key = Authenticator.objects.create(
        user=ada.user,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Key in the drawer", "credential": _registered()},
    )
    yield "passkeys", ada.sees("account/passkeys")
    yield "passkey-remove", ada.sees(f"account/passkeys/{key.pk}/remove")
    yield "recovery-codes-new", ada.sees("account/recovery-codes/new")
    yield "password", ada.sees("account/password")
    yield "prove", ada.sees("account/prove")
    yield "prove-passkey", ada.sees("account/prove/passkey")
    key.delete()


def _registered() -> dict:
    """What a browser says of a new passkey, whose key nobody has."""
    point = {1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)}
    made = AttestedCredentialData.create(bytes(16), b"drawer", ES256(point))
    flags = AuthenticatorData.FLAG.AT
    told = AuthenticatorData.create(bytes(32), flags, 0, made)
    client = CollectedClientData.create("webauthn.create", b"", "https://localhost")
    response = AuthenticatorAttestationResponse(
        client_data=client,
        attestation_object=AttestationObject.create("none", told, {}),
    )
    return dict(RegistrationResponse(raw_id=b"drawer", response=response))


def sign_in() -> Iterator[tuple[str, Face]]:
    client, path = Client(), f"{OPS}/sign-in"
    yield "sign-in", Face.of("sign-in", client.get(path))
    wrong = client.post(path, {"login": "nobody", "password": "not this"})
    yield "sign-in-refused", Face.of("sign-in", wrong)


def faults(vera: Reader) -> Iterator[tuple[str, Face]]:
    nobody = Reader("nobody", "")
    yield "error-403", nobody.sees("overview")
    yield "error-400", vera.sees("wall/demo?state=nothing")
    yield "error-404", vera.sees("nothing-here")
    request = RequestFactory().get("/", headers={"Accept": "text/html"})
    request.user = vera.user
    yield "error-expired", Face.of("expired", errors.csrf_failure(request))
    yield "error-500", Face.of("failed", errors.server_error(request))
    yield "error-503", Face.of("away", _without_database(request))
    yield "error-kept", Face.of("kept", _without_database(_typed()))


def _typed() -> HttpRequest:
    """A declaration of somebody whose browser runs no script."""
    words = {
        "client_key": str(uuid4()),
        "title": "Checkout answers 5xx for every third customer",
        "severity": "2",
        "summary": "Began with the deploy of 13:58.\nIt is being taken back.",
        "customer_impact": "One in three cannot pay",
    }
    request = RequestFactory().post(
        f"{OPS}/incidents/declare", words, headers={"Accept": "text/html"}
    )
    request._dont_enforce_csrf_checks = True  # it came from one of our pages
    return request


def _without_database(request: HttpRequest) -> HttpResponse:
    """Django asks for the page of a failure while that failure is handled."""

    def ask() -> None:
        raise OperationalError

    try:
        ask()
    except OperationalError:
        return errors.server_error(request)


def walls(vera: Reader) -> Iterator[tuple[str, Face]]:
    for state in STATES:
        yield f"wall-{state}", vera.sees(f"wall/demo?state={state}")
    for boards in (1, 2):
        path = f"wall/demo?state=crowded&boards={boards}"
        yield f"wall-crowded-{boards}", vera.sees(path)
