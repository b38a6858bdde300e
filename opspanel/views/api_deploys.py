"""Where those who deploy tell of it."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST
from pydantic import TypeAdapter, ValidationError

from opspanel.access.guard import scope_required
from opspanel.access.tokens import RECORD_DEPLOYS
from opspanel.audit import Actor, AuditBusyError
from opspanel.envelope import problem
from opspanel.history.deploys import DeployRefusedError, DeployTold, Taken, take
from opspanel.panel.load import configured_panel
from opspanel.views.api_incidents import messages

MOST_BYTES = 4 * 1024
_TAKEN = TypeAdapter(Taken)
_INVALID = "This body is not valid."


@require_POST
@scope_required(RECORD_DEPLOYS)
def deploys(request: HttpRequest) -> HttpResponse:
    """201 for a new mark; 200 where this version had been told of in that minute."""
    try:
        taken = _taken(request)
    except ValidationError as error:
        return problem(422, "invalid", _INVALID, messages(error))
    except DeployRefusedError as refused:
        return problem(422, "invalid", _INVALID, refused.messages)
    except AuditBusyError:
        return problem(503, "busy", "Busy: not recorded. Send it again.")
    status = HTTPStatus.OK if taken.known else HTTPStatus.CREATED
    answer = _TAKEN.dump_json(taken)
    return HttpResponse(answer, content_type="application/json", status=status)


def _taken(request: HttpRequest) -> Taken:
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise DeployRefusedError({"body": f"At most {MOST_BYTES} bytes."})
    name = request.token.name  # type: ignore[attr-defined]
    by = Actor(user_id=None, label=f"token {name}", role="token")
    told = DeployTold.model_validate_json(body)
    return take(told, by, configured_panel(), timezone.now())
