"""Screens on walls: what a token opens, when it is changed, when it ends.

A token is 256 random bits; its SHA-256 is kept. After a week a poll brings the next
one. The old one holds until the next has come back and had time to reach the browser's
disk; then it is spent. Whoever still shows a spent one has a copy: the screen is revoked.
"""

import hashlib
import logging
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import F

from opspanel.audit import Actor, AuditError, Result, Target, audited, record
from opspanel.database.away import AWAY
from opspanel.models import Screen, ScreenToken

log = logging.getLogger(__name__)

LONGEST = timedelta(days=90)
ROTATED_AFTER = timedelta(days=7)
# Browsers write cookies to disk within half a minute; a request may be late.
SETTLED_AFTER = timedelta(seconds=60)
OVERLAP = timedelta(seconds=60)
_UNDELIVERED_AFTER = timedelta(hours=1)
SEEN_EVERY = timedelta(seconds=60)
SILENT_AFTER = 3 * SEEN_EVERY
# What a poll would have written is due at the next one, too: a wall goes on meanwhile.
_UNWRITTEN = (AuditError, *AWAY)


class Why(StrEnum):
    """Why a browser has no board."""

    UNPAIRED = "unpaired"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Admission:
    """`screen`, or why there is none. `token`: the next one, for the browser to keep."""

    screen: Screen | None = None
    why: Why = Why.UNPAIRED
    token: str | None = None


def digest(secret: str) -> str:
    # 256 random bits need no slow hash.
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(screen: Screen, now: datetime) -> str:
    """Make a token and return its only copy."""
    token = secrets.token_urlsafe(32)
    ScreenToken.objects.create(digest=digest(token), screen=screen, issued_at=now)
    return token


def admit(token: str, now: datetime) -> Admission:
    """One statement, but for the polls at which something is due."""
    found = ScreenToken.objects.select_related("screen").filter(digest=digest(token))
    shown = found.first()
    if shown is None:
        return Admission()
    if why := _ended(shown, now):
        return Admission(why=why)
    return Admission(shown.screen, token=_next_step(shown, now))


def _ended(shown: ScreenToken, now: datetime) -> Why | None:
    screen = shown.screen
    if screen.revoked_at:
        return Why.REVOKED
    if screen.expires_at <= now:
        return Why.EXPIRED
    if shown.spent_at and now - shown.spent_at > OVERLAP:
        _revoke_for_reuse(screen, now)
        return Why.REVOKED
    return None


def mark_of(pk: int, version: int) -> str:
    """What a wall compares with that of its page, to load itself anew after a change."""
    return f"{pk}.{version}"


def note_seen(screen: Screen, build: str, now: datetime) -> None:
    """At most one write a minute, but for the first of a new build."""
    recent = screen.seen_at and now - screen.seen_at < SEEN_EVERY
    if recent and screen.build == build:
        return
    with suppress(*AWAY):
        Screen.objects.filter(pk=screen.pk).update(seen_at=now, build=build)


def change(screen: Screen, name: str, place: str, boards: int) -> None:
    with audited():
        Screen.objects.filter(pk=screen.pk).update(
            name=name, place=place, boards=boards, version=F("version") + 1
        )
        became = {"new_value": described(name, place, boards)}
        was = {"old_value": described(screen.name, screen.place, screen.boards)}
        record("screen.change", _target(screen), metadata=was | became)


def described(name: str, place: str, boards: int) -> str:
    return f"{name}, {place}, boards: {boards}"


def revoke(screen: Screen, now: datetime) -> bool:
    """By an admin. Holds from the next poll on; False if it was revoked already."""
    with audited():
        if not _end(screen, now, "admin"):
            return False
        metadata = {"status_from": "approved", "status_to": "revoked"}
        record("screen.revoke", _target(screen), metadata=metadata)
    return True


def _next_step(shown: ScreenToken, now: datetime) -> str | None:
    age = now - shown.issued_at
    if shown.spent_at:
        return None
    if shown.settled_at is None:
        if age >= SETTLED_AFTER:
            _settle(shown, now)
        return None
    return _rotate(shown.screen, now) if age >= ROTATED_AFTER else None


def _settle(shown: ScreenToken, now: datetime) -> None:
    """It has come back: it is the screen's only token from now on."""
    screen = shown.screen
    try:
        with audited():
            Screen.objects.select_for_update().get(pk=screen.pk)
            unspent = screen.tokens.filter(spent_at=None)
            if not unspent.filter(pk=shown.pk).update(settled_at=now):
                return
            spent = unspent.exclude(pk=shown.pk).update(spent_at=now)
            action = "screen.rotate" if spent else "screen.pair"
            record(action, _target(screen), actor=_itself(screen))
    except _UNWRITTEN:
        log.exception("screen %s: its token settles at a later poll", screen.pk)


def _rotate(screen: Screen, now: datetime) -> str | None:
    """Once a minute at most: the answer with the last one may have been lost."""
    try:
        with transaction.atomic():
            Screen.objects.select_for_update().get(pk=screen.pk)
            unsettled = screen.tokens.filter(settled_at=None, spent_at=None)
            if unsettled.filter(issued_at__gt=now - SETTLED_AFTER).exists():
                return None
            unsettled.filter(issued_at__lt=now - _UNDELIVERED_AFTER).delete()
            return issue(screen, now)
    except AWAY:
        log.exception("screen %s: its token is changed at a later poll", screen.pk)
        return None


def _revoke_for_reuse(screen: Screen, now: datetime) -> None:
    log.error("screen %s: a spent token came back; the screen is revoked", screen.pk)
    try:
        with audited():
            if _end(screen, now, "reuse"):
                metadata = {
                    "reason": "a spent token came back",
                    "status_from": "approved",
                    "status_to": "revoked",
                }
                record(
                    "screen.reuse",
                    _target(screen),
                    actor=_itself(screen),
                    result=Result.FAILURE,
                    metadata=metadata,
                )
    except _UNWRITTEN:
        log.exception("screen %s: not revoked yet", screen.pk)


def _end(screen: Screen, now: datetime, reason: str) -> bool:
    live = Screen.objects.filter(pk=screen.pk, revoked_at=None)
    return bool(live.update(revoked_at=now, revoked_for=reason))


def _target(screen: Screen) -> Target:
    return Target("screen", str(screen.pk))


def _itself(screen: Screen) -> Actor:
    return Actor(user_id=None, label=f"screen {screen.pk}", role="screen")
