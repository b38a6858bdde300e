"""One incident: its page, the live part of it, and what can be posted to it."""

import zlib
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from opspanel.access.guard import View, permission_required
from opspanel.alerts import listing as alerts
from opspanel.audit import AuditError, Target, audited, record
from opspanel.build import build_id
from opspanel.htmx import is_htmx
from opspanel.incidents import Recorded, Submission, evidence, listing, suspects
from opspanel.incidents.latest import configured_latest_with_incidents
from opspanel.incidents.reading import WholeIncident
from opspanel.incidents.severity import CADENCES, DEFINITIONS
from opspanel.incidents.transitions import ACTS as ALLOWED
from opspanel.incidents.transitions import Act, reachable
from opspanel.incidents.untold import lines_untold
from opspanel.live.answers import BUILD
from opspanel.models import Incident
from opspanel.panel.load import configured_panel
from opspanel.snapshot.latest import configured_latest
from opspanel.terms import Severity
from opspanel.views.incident_acts import (
    ACTS,
    BESIDE_WHAT_THEY_ARE_ABOUT,
    ActForm,
    Offered,
    offered,
)
from opspanel.views.incident_answers import (
    attempt,
    recorded_json,
    recorded_page,
    refused_json,
)

RECORD = "ops.record_incidents"
TRAIL = Target("audit")
SAID = {
    "recorded": "Recorded.",
    "already": "This was recorded already; nothing was recorded twice.",
    "unchanged": "It is so already: nothing was changed.",
}


@require_safe
@permission_required("ops.view_overview")
def incident(request: HttpRequest, number: int) -> HttpResponse:
    if is_htmx(request):
        return _live_part(request, number)
    return page_with(request, number)


def page_with(
    request: HttpRequest, number: int, tried: Offered | None = None
) -> HttpResponse:
    """The whole page; with what was tried in vain, as it was typed."""
    found = _found(number)
    then = evidence.declared_with(number)
    snapshot = configured_latest().snapshot()
    now = evidence.evidence_of(snapshot) if snapshot else None
    may_record = request.user.has_perm(RECORD)
    context = {
        **_context(found),
        "said": SAID.get(request.GET.get("said", "")),
        "forms": offered(found, tried) if may_record else (),
        "tried": tried,
        "without_fold": BESIDE_WHAT_THEY_ARE_ABOUT,
        "runbooks": _runbooks(found),
        "then": then,
        "at_present": now,
        "compared": evidence.compared(then, now) if then else (),
        "suspects": suspects.number(found.incident.started_at),
        "definitions": DEFINITIONS,
    }
    status = tried.refusal.status if tried and tried.refusal else 200
    return render(request, "pages/incident.html", context, status=status)


def _live_part(request: HttpRequest, number: int) -> HttpResponse:
    """Asked for often: what did not change costs one row."""
    if request.GET.get("v") == _version(number):
        return HttpResponse(status=204)
    response = render(request, "pages/incident.html#live", _context(_found(number)))
    response["X-Ops-Fragment"] = "1"
    response[BUILD] = build_id()
    return response


def _context(found: WholeIncident) -> dict[str, Any]:
    number, panel = found.incident.id, configured_panel()
    return {
        "signals": alerts.signal_state(number, panel, timezone.now()),
        **_untold(number),
        "found": found,
        "incident": found.incident,
        "can_acknowledge": found.incident.status in ALLOWED[Act.ACKNOWLEDGE]
        and found.incident.acknowledged_at is None,
        "reachable": reachable(found.incident.status),
        "can_change": found.incident.status in ALLOWED[Act.CHANGE],
        "cadence": CADENCES.get(Severity(found.incident.severity)),
        "severities": list(Severity),
        "version": _version(number),
        "now": timezone.now(),
        "build": build_id(),
        "interval": panel.collection.interval_seconds,
        "panel": panel,
    }


def _untold(number: int) -> dict[str, Any]:
    """The webhooks that are behind, and how many lines of this one wait for them."""
    late = configured_latest_with_incidents().untold()
    waiting = lines_untold(number, late, configured_panel(), timezone.now())
    return {"untold": late, "lines_untold": waiting}


def _found(number: int) -> WholeIncident:
    found = listing.whole(number, timezone.now())
    if found is None:
        raise Http404
    return found


def _version(number: int) -> str:
    """Changes with every event, here and in what links here, when it grows late, and
    with the webhooks that are not told of it."""
    rows = Incident.objects.filter(
        Q(pk=number) | Q(merged_into=number) | Q(recurs=number)
    )
    found = list(rows.order_by("pk").values_list("pk", "version"))
    own = dict(found).get(number, 0)
    late = listing.is_overdue(number, timezone.now())
    untold = configured_latest_with_incidents().untold()
    behind = f"{zlib.crc32(repr(untold).encode()):x}" if untold else ""
    return f"{own}.{len(found)}.{int(late)}.{behind}"


def _runbooks(found: WholeIncident) -> list[Any]:
    known = {runbook.id: runbook for runbook in configured_panel().runbooks}
    return [known[name] for name in found.runbooks if name in known]


def posting(name: str) -> View[[int]]:
    """The view of one act."""
    act = ACTS[name]

    @require_POST
    @permission_required(RECORD)
    def post(request: HttpRequest, number: int) -> HttpResponse:
        return _post(request, number, act)

    return post


def _post(request: HttpRequest, number: int, act: ActForm) -> HttpResponse:
    if not Incident.objects.filter(pk=number).exists():
        raise Http404
    form = act.form(request.POST, auto_id=f"{act.name}-%s")
    told = attempt(form, lambda: act.do(number, form, _by(request, form)))
    if isinstance(told, Recorded):
        return recorded_json(told) if is_htmx(request) else recorded_page(told)
    if is_htmx(request):
        return refused_json(told, form)
    return page_with(request, number, Offered(act, form, told))


def _by(request: HttpRequest, form: Any) -> Submission:
    return Submission.of(request, form.cleaned_data["client_key"])


@require_safe
@permission_required("ops.view_audit")
def suspect_acts(request: HttpRequest, number: int) -> HttpResponse:
    """Reading the trail is written down, like on its own page."""
    shown = _found(number).incident
    try:
        with audited():
            record(
                "audit.view", TRAIL, metadata={"request_scope": f"before {shown.ref}"}
            )
    except AuditError:
        return render(
            request, "errors/503.html", {"panel": configured_panel()}, status=503
        )
    context = {
        "incident": shown,
        "events": suspects.listed(shown.started_at),
        "panel": configured_panel(),
    }
    return render(request, "pages/suspects.html", context)
