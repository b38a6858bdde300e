"""What changed since a moment: states, incidents, deploys, and who may do what."""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from opspanel.access.guard import permission_required
from opspanel.handover import looks
from opspanel.handover.access import access_changes
from opspanel.handover.digest import digest
from opspanel.history import changes as states
from opspanel.history import deploys
from opspanel.panel.load import configured_panel
from opspanel.views.errors import bad_request
from opspanel.views.past import NoMomentError, Step, moment_asked

_SHIFTS = (("8 h", 8), ("12 h", 12), ("24 h", 24), ("7 d", 168))
_MOST_DEPLOYS = 100
_FUTURE = "`since` lies in the future: nothing changed after it yet."


@require_safe
@permission_required("ops.view_overview")
def changes(request: HttpRequest) -> HttpResponse:
    """Without `since`: since the reader last said that they had looked."""
    now, looked_at = timezone.now(), looks.last(request.user)
    since = looked_at or now - looks.FIRST
    if "since" in request.GET:
        try:
            since = moment_asked(request.GET["since"])
        except NoMomentError as error:
            return bad_request(request, str(error).replace("`at`", "`since`"))
    if since > now:
        return bad_request(request, _FUTURE)
    context = _since(since, now) | {"looked_at": looked_at}
    if request.user.has_perm("ops.view_audit"):
        context["access"] = access_changes(since)
    return render(request, "pages/changes.html", context)


def _since(since: datetime, now: datetime) -> dict[str, object]:
    panel = configured_panel()
    return {
        "since": since,
        "now": now,
        "panel": panel,
        "shifts": [Step(told, now - timedelta(hours=hours)) for told, hours in _SHIFTS],
        "states": states.between(since, now),
        "deploys": deploys.between(since, now, most=_MOST_DEPLOYS),
        "digest": digest(since, panel, now),
    }
