"""Incidents for scripts: recorded by token, once for each Idempotency-Key."""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from pydantic import TypeAdapter, ValidationError

from opspanel import incidents as core
from opspanel.access.guard import scope_required
from opspanel.access.tokens import RECORD_INCIDENTS
from opspanel.envelope import problem
from opspanel.incidents import listing
from opspanel.incidents.reading import WholeIncident
from opspanel.incidents.wire import Act, Declaration
from opspanel.sanitize import sanitize

MOST_BYTES = 64 * 1024
LONGEST_KEY = 255

# The more special kind stands before the one that it is a kind of.
STATUS: Mapping[type[core.IncidentError], int] = {
    core.InvalidError: 422,
    core.UnknownIncidentError: 404,
    core.NotAllowedError: 403,
    core.KeyReusedError: 422,
    core.BusyError: 503,
    core.IncidentError: 409,
}
_ACT: TypeAdapter[Act] = TypeAdapter(Act)
_WHOLE = TypeAdapter(WholeIncident)


@require_POST
@scope_required(RECORD_INCIDENTS)
def incidents(request: HttpRequest) -> HttpResponse:
    """Declare. 201 with the new one, 200 with the one that this key made before."""

    def declare() -> core.Recorded:
        body = _body(request)
        draft = Declaration.model_validate_json(body).draft()
        return core.declare(draft, _submission(request, body))

    return _answered(declare, 201)


@require_safe
@scope_required(RECORD_INCIDENTS)
def incident(request: HttpRequest, number: int) -> HttpResponse:
    """All of one incident, with its timeline."""
    found = listing.whole(number, timezone.now())
    if found is None:
        return problem(404, "unknown_incident", "There is no such incident.")
    return HttpResponse(_WHOLE.dump_json(found), content_type="application/json")


@require_POST
@scope_required(RECORD_INCIDENTS)
def events(request: HttpRequest, number: int) -> HttpResponse:
    """Do something to an incident: see opspanel.incidents.wire for what there is."""

    def record() -> core.Recorded:
        body = _body(request)
        act = _ACT.validate_json(body)
        return act.record(number, _submission(request, body))

    return _answered(record, 200)


def _body(request: HttpRequest) -> bytes:
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise core.InvalidError({"body": f"At most {MOST_BYTES} bytes."})
    return body


def _submission(request: HttpRequest, body: bytes) -> core.Submission:
    token = request.token.name  # type: ignore[attr-defined]
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > LONGEST_KEY:
        message = f"At most {LONGEST_KEY} characters."
        raise core.InvalidError({"Idempotency-Key": message})
    # The same key of another token, or for another act, is another key.
    about = f"{token}\n{request.path}\n{key}"
    made = uuid.uuid5(uuid.NAMESPACE_URL, about) if key else None
    sent = hashlib.sha256(body).hexdigest()
    return core.Submission.script(token, made, sent=sent)


def _answered(record: Callable[[], core.Recorded], created: int) -> HttpResponse:
    try:
        recorded = record()
    except ValidationError as error:
        return problem(422, "invalid", "This body is not valid.", messages(error))
    except core.IncidentError as error:
        return _refused(error)
    body = {name: getattr(recorded, name) for name in recorded.__slots__}
    where = reverse("api:incident", args=[recorded.id])
    status = 200 if recorded.replayed else created
    return JsonResponse(body, status=status, headers={"Location": where})


def messages(error: ValidationError) -> dict[str, str]:
    """By place in the body; what was sent is not quoted."""
    return {
        ".".join(map(str, one["loc"])) or "body": one["msg"]
        for one in error.errors(include_input=False, include_url=False)
    }


def _refused(error: core.IncidentError) -> HttpResponse:
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    details: Any = sanitize(vars(error))
    if isinstance(error, core.InvalidError):
        details = error.messages
    message = str(sanitize(str(error)))
    return problem(status, error.code, message, details)
