"""The one place where an act that did not happen becomes an answer.

Each kind of error has its status, and its words beside the field that they are about.
What was typed stays in the form. A page gets the form again; a script that sent the
form gets the same words in the error envelope.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from opspanel.database.away import AWAY, what_failed
from opspanel.envelope import problem
from opspanel.incidents import (
    BusyError,
    Clash,
    ConflictError,
    DuplicateOpenError,
    IncidentError,
    InvalidError,
    KeyReusedError,
    MovedOnError,
    NotAllowedError,
    Recorded,
    TooOldError,
    TransitionRefusedError,
    UnfinishedError,
    UnknownIncidentError,
)
from opspanel.sanitize import fields
from opspanel.views.incident_forms import Recording, new_key


@dataclass(frozen=True, slots=True)
class Offer:
    """A link to what can be done instead."""

    href: str
    label: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """`fresh`: hidden fields with which the same may be sent again, knowingly."""

    status: HTTPStatus
    code: str
    fresh: dict[str, object]
    offers: tuple[Offer, ...] = ()


def attempt(form: Recording, act: Callable[[], Recorded]) -> Recorded | Refusal:
    """Do it, if the form can be read; a refusal is written into the form."""
    if not form.is_valid():
        _name_damage(form)
        return Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, InvalidError.code, {})
    try:
        return act()
    except IncidentError as error:
        return _refusal(error, form)
    except AWAY as away:
        form.add_error(None, f"Not saved: the panel's database {what_failed(away)}.")
        return Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "service_unavailable", {})


def _refusal(error: IncidentError, form: Recording) -> Refusal:
    for kind, answer in _ANSWERS:
        if isinstance(error, kind):
            refusal = answer(error, form)
            form.send_again(**refusal.fresh)
            return refusal
    raise error


def _invalid(error: Any, form: Recording) -> Refusal:
    for name, message in error.messages.items():
        form.add_error(name if name in form.fields else None, message)
    _name_damage(form)
    return Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, error.code, {})


def _name_damage(form: Recording) -> None:
    """What is wrong with a hidden field can only be told above the others."""
    if form.hidden_fields() and any(field.errors for field in form.hidden_fields()):
        form.add_error(
            None, "This form is damaged. Copy your text and reload the page."
        )


def _conflict(error: Any, form: Recording) -> Refusal:
    for clash in error.clashes:
        name = clash.field if clash.field in form.fields else None
        form.add_error(name, _both(clash))
    form.add_error(None, "Send again to set yours, or leave it as it is now.")
    return Refusal(HTTPStatus.CONFLICT, error.code, {"seen": error.version})


def _both(clash: Clash) -> str:
    theirs, yours = shown(clash.field, clash.theirs), shown(clash.field, clash.yours)
    who = fields.person(clash.by)
    return f"{who} set this to {theirs} at {clash.at:%H:%M:%S} UTC. Yours: {yours}."


def shown(name: str, value: object) -> str:
    """A value of `IncidentEvent.changes` in a sentence."""
    if name == "severity":
        return f"SEV{value}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    return f"“{fields.passage(str(value))}”" if value else "nothing"


def _moved_on(error: Any, form: Recording) -> Refusal:
    who = fields.person(error.by)
    message = f"It is {error.status} already: by {who} at {error.at:%H:%M:%S} UTC."
    form.add_error(None, message)
    return Refusal(HTTPStatus.CONFLICT, error.code, {"expected": error.status})


def _too_old(error: Any, form: Recording) -> Refusal:
    form.add_error(None, str(error))
    address = reverse("ops:incident-declare", query={"recurs": error.recurs})
    offer = Offer(address, "Declare it anew")
    return Refusal(HTTPStatus.CONFLICT, error.code, {}, (offer,))


def _refused(error: Any, form: Recording) -> Refusal:
    form.add_error(None, str(error))
    return Refusal(HTTPStatus.CONFLICT, error.code, {"expected": error.status})


def _duplicate(error: Any, form: Recording) -> Refusal:
    form.add_error(None, str(error))
    address = f"{incident_address(error.incident_id)}#note"
    label = f"Add a note to {fields.incident_ref(error.ref)}"
    return Refusal(HTTPStatus.CONFLICT, error.code, {}, (Offer(address, label),))


def _not_allowed(error: Any, form: Recording) -> Refusal:
    form.add_error(None, f"{error} Ask somebody who holds it.")
    return Refusal(HTTPStatus.FORBIDDEN, error.code, {})


def _busy(error: Any, form: Recording) -> Refusal:
    form.add_error(None, str(error))
    return Refusal(HTTPStatus.SERVICE_UNAVAILABLE, error.code, {})


def _unfinished(error: Any, form: Recording) -> Refusal:
    form.add_error("override", f"{error} Say why it is over all the same.")
    return Refusal(HTTPStatus.CONFLICT, error.code, {})


def _unknown(error: Any, form: Recording) -> Refusal:
    if error.what == "incident":
        raise Http404(str(error))
    # Of a line that is named in a field of its own, or beside a button.
    name = "seq" if "seq" in form.fields else None
    form.add_error(name, "There is no such line in this timeline.")
    return Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, error.code, {})


def _key_reused(error: Any, form: Recording) -> Refusal:
    """Nothing typed is taken for what was recorded before, and none of it is lost."""
    message = "Something else was recorded from this form already, in {}. Send again"
    ref = fields.incident_ref(error.ref)
    form.add_error(None, f"{message.format(ref)} to record this as well.")
    return Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, error.code, {**new_key()})


# The narrower kinds first.
_ANSWERS: tuple[tuple[type[IncidentError], Callable[[Any, Recording], Refusal]], ...]
_ANSWERS = (
    (InvalidError, _invalid),
    (KeyReusedError, _key_reused),
    (ConflictError, _conflict),
    (MovedOnError, _moved_on),
    (TooOldError, _too_old),
    (TransitionRefusedError, _refused),
    (DuplicateOpenError, _duplicate),
    (UnfinishedError, _unfinished),
    (NotAllowedError, _not_allowed),
    (BusyError, _busy),
    (UnknownIncidentError, _unknown),
)


def incident_address(number: int, said: str = "") -> str:
    query = {"said": said} if said else None
    return reverse("ops:incident", args=[number], query=query)


def said_of(told: Recorded) -> str:
    """Which sentence the page shows of it: a word of ours, never text."""
    if told.replayed:
        return "already"
    return "recorded" if told.changed else "unchanged"


class SeeOther(HttpResponseRedirect):
    """After a POST: reloading what comes then posts nothing again."""

    status_code = HTTPStatus.SEE_OTHER


def recorded_page(told: Recorded) -> HttpResponse:
    return SeeOther(incident_address(told.id, said_of(told)))


def recorded_json(told: Recorded) -> HttpResponse:
    """For the script that sent the form; `key` is for the next recording."""
    body = {
        "recorded": said_of(told),
        "ref": told.ref,
        "href": incident_address(told.id, said_of(told)),
        "key": new_key()["client_key"],
    }
    return JsonResponse(body)


def refused_json(refusal: Refusal, form: Recording) -> HttpResponse:
    """Messages by field; those of no field are the envelope's own message."""
    said = {name: list(map(str, errors)) for name, errors in form.errors.items()}
    message = " ".join(said.pop("__all__", [])) or "Nothing was saved: see the fields."
    details = {
        "fields": {name: " ".join(messages) for name, messages in said.items()},
        "fresh": {name: str(value) for name, value in refusal.fresh.items()},
        "offers": [{"href": each.href, "label": each.label} for each in refusal.offers],
    }
    return problem(refusal.status, refusal.code, message, details)
