"""How a browser becomes a screen: it shows a code, an admin types it.

The code opens nothing by itself. The browser keeps a secret beside it, and gets its token
only with that secret and after the approval.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from opspanel.access.attempts import WINDOW, Limit, claim, give_back
from opspanel.access.screens import described, digest, issue
from opspanel.audit import Target, audited, record
from opspanel.models import Pairing, Screen

# Neither 0 and O nor 1 and I: 32 signs, so that eight of them are 40 bits.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 8
LIFETIME = timedelta(minutes=5)
# A wall asks for a new code every five minutes; many walls may share an address.
OF_NETWORK = Limit("pairing", 60, WINDOW)
OF_PERSON = Limit("pairing codes", 10, WINDOW)


@dataclass(frozen=True, slots=True)
class Shown:
    """`secret` is set where the browser does not have it yet."""

    code: str
    until: datetime
    secret: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What an admin says of a new screen."""

    name: str
    place: str
    boards: int
    lifetime: timedelta


def ask(secret: str, network: str, now: datetime) -> Shown | None:
    """The code of this browser, a new one if need be; None if its network asks for too
    many.

    A code that was approved since `redeem` looked stays, and so does its secret: the
    browser's next poll gets the token by them.
    """
    known = _live(secret, now).first() if secret else None
    if known:
        return Shown(known.code, known.until)
    return _new(now) if claim(OF_NETWORK, network) else None


def approve(code: str, wish: Wish, person: str, now: datetime) -> Screen | None:
    """None if no screen shows this code, or `person` tried too many wrong ones."""
    if not claim(OF_PERSON, person):
        return None
    with audited():
        waiting = Pairing.objects.select_for_update().filter(until__gt=now, screen=None)
        pairing = waiting.filter(code=normal(code)).first()
        if pairing is None:
            return None
        screen = _screen(wish, now)
        # Time for the wall to come for its token.
        Pairing.objects.filter(pk=pairing.pk).update(
            screen=screen, until=now + LIFETIME
        )
        metadata = {"new_value": described(wish.name, wish.place, wish.boards)}
        record("screen.approve", Target("screen", str(screen.pk)), metadata=metadata)
    give_back(OF_PERSON, person)
    return screen


def redeem(secret: str, now: datetime) -> tuple[Screen, str] | None:
    """The approved screen of this browser and a token for it. The answer may get lost,
    so the browser may come again until the code's time is over."""
    pairing = _live(secret, now).first()
    if pairing is None or pairing.screen is None:
        return None
    return pairing.screen, issue(pairing.screen, now)


def _live(secret: str, now: datetime) -> QuerySet[Pairing]:
    """Waiting or approved, but not revoked."""
    return Pairing.objects.select_related("screen").filter(
        digest=digest(secret), until__gt=now, screen__revoked_at=None
    )


def normal(code: str) -> str:
    """As it is kept, however it was typed: `abcd-efgh` is `ABCDEFGH`."""
    return "".join(sign for sign in code.upper() if sign.isalnum())


def _new(now: datetime) -> Shown:
    Pairing.objects.filter(until__lte=now).delete()
    secret, until = secrets.token_urlsafe(32), now + LIFETIME
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        try:
            with transaction.atomic():
                Pairing.objects.create(digest=digest(secret), code=code, until=until)
        except IntegrityError:  # one in 2^40 is shown elsewhere
            continue
        return Shown(code, until, secret)


def _screen(wish: Wish, now: datetime) -> Screen:
    return Screen.objects.create(
        name=wish.name,
        place=wish.place,
        boards=wish.boards,
        approved_at=now,
        expires_at=now + wish.lifetime,
    )
