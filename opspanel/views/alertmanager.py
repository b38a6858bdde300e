"""Where Alertmanagers deliver. Answers say whether it is worth trying again."""

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from opspanel.access.guard import scope_required
from opspanel.access.tokens import DELIVER_ALERTS
from opspanel.alerts import delivery
from opspanel.alerts.wire import MalformedError
from opspanel.envelope import problem
from opspanel.incidents import BusyError, Submission
from opspanel.panel.load import configured_panel
from opspanel.terms import IncidentOrigin

MOST_BYTES = 2 * 1024 * 1024

log = logging.getLogger(__name__)


@require_POST
@scope_required(DELIVER_ALERTS)
def alertmanager(request: HttpRequest, source: str = "alertmanager") -> HttpResponse:
    """`source` is one Alertmanager with its peers. 503: send it again."""
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return _too_large(body, source)
    name = request.token.name  # type: ignore[attr-defined]
    by = Submission.script(name, origin=IncidentOrigin.ALERT)
    try:
        taken = delivery.take(body, source, configured_panel(), by)
    except MalformedError as malformed:
        return problem(400, "malformed", malformed.reason)
    except BusyError:
        return problem(503, "busy", "Busy: not saved. Send it again.")
    told = {name: getattr(taken, name) for name in taken.__slots__}
    return JsonResponse(told)


def _too_large(body: bytes, source: str) -> HttpResponse:
    log.error("a message of %s is larger than %d bytes", source, MOST_BYTES)
    delivery.keep(body, source, timezone.now(), "too_large")
    message = "Larger than 2 MiB: set max_alerts in the receiver."
    return problem(413, "too_large", message)
