"""How long a session lives: 30 minutes unused, 12 hours at most, or until revoked.

A session carries its account's epoch. Signing out everywhere moves the account on to the
next epoch, in one UPDATE that each following request sees. The polls of an open page see
it within ten seconds: opspanel.access.admission.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol

from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from opspanel.audit import Target, audited, record
from opspanel.database.away import AWAY
from opspanel.database.base import database_answers_within
from opspanel.htmx import is_htmx
from opspanel.models import Session, User

log = logging.getLogger(__name__)


class Marks(Protocol):
    """What a session holds: the session itself, or what was read from its row."""

    def get(self, key: str, default: Any, /) -> Any: ...


type GetResponse = Callable[[HttpRequest], HttpResponse]

IDLE = timedelta(minutes=30).total_seconds()
LONGEST = timedelta(hours=12).total_seconds()
_NOTED_EVERY = timedelta(minutes=1).total_seconds()
# Of the two seconds of a request: the page needs the rest.
_NOTE_SECONDS = 0.5

SIGNED_IN_AT = "signed_in_at"
USED_AT = "used_at"
EPOCH = "epoch"


def connect() -> None:
    user_logged_in.connect(begin, dispatch_uid="sessions")


def begin(request: HttpRequest, user: User, **_: Any) -> None:
    now = time.time()
    request.session.update({SIGNED_IN_AT: now, USED_AT: now, EPOCH: user.session_epoch})


def limit_sessions(get_response: GetResponse) -> GetResponse:
    """Middleware, after the one that knows the user.

    It looks when somebody asks who the user is: a page for all needs no database.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        found: Any = request.user
        request.user = SimpleLazyObject(lambda: _still_in(request, found))  # type: ignore[assignment]
        return get_response(request)

    return middleware


def _still_in(request: HttpRequest, found: Any) -> Any:
    session: Any = request.session
    # Whoever is plain from the session's row costs no statement of Django's own.
    request.user = user = session.person() or found
    if user.is_authenticated:
        if time.time() > ends_at(request.session, user.session_epoch):
            logout(request)
        elif not _is_poll(request):
            _note_use(request.session)
    return request.user


def sign_out_everywhere(user: User) -> None:
    with audited():
        User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
        record("account.sign_out_everywhere", Target("account", str(user.pk)))


def end_others(request: HttpRequest, user: User) -> None:
    """Sign out everywhere but in the session of this request."""
    sign_out_everywhere(user)
    user.refresh_from_db(fields=["session_epoch"])
    request.session[EPOCH] = user.session_epoch


def forget_ended() -> None:
    """Remove the rows of sessions that are over: nothing else does."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()


def ends_at(marks: Marks, epoch: int) -> float:
    """Seconds since 1970 at which a session ends if nobody uses it; `epoch` is that of
    its account. A page used meanwhile moves the mark, a poll does not."""
    if marks.get(EPOCH, None) != epoch:
        return 0.0
    signed_in_at, used_at = marks.get(SIGNED_IN_AT, 0), marks.get(USED_AT, 0)
    return float(min(signed_in_at + LONGEST, used_at + IDLE))


def _is_poll(request: HttpRequest) -> bool:
    """The page asks for its live part by itself, whether or not somebody looks."""
    return request.method == "GET" and is_htmx(request)


def _note_use(session: SessionBase) -> None:
    # Not at each request: that would be a write for every page.
    if time.time() - session[USED_AT] > _NOTED_EVERY:
        changed = session.modified
        session[USED_AT] = time.time()
        if not changed:
            _save_note(session)


def _save_note(session: SessionBase) -> None:
    """Apart from what a view changes: no page fails for a database that only reads. Of
    a row that is gone Django's middleware tells, which then finds it changed."""
    try:
        with database_answers_within(_NOTE_SECONDS):
            session.save()
    except AWAY:
        log.warning("the use of a session could not be noted")
    except UpdateError:
        return
    session.modified = False
