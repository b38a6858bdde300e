"""Declaring an incident: one title is enough."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods

from opspanel.access.guard import permission_required
from opspanel.htmx import is_htmx
from opspanel.incidents import Draft, Recorded, Submission, declare
from opspanel.incidents.evidence import evidence_of
from opspanel.incidents.oneline import Understood, understood
from opspanel.incidents.severity import DEFINITIONS
from opspanel.panel.load import configured_panel
from opspanel.snapshot.latest import configured_latest
from opspanel.terms import Impact
from opspanel.views.incident_answers import (
    attempt,
    recorded_json,
    recorded_page,
    refused_json,
)
from opspanel.views.incident_forms import (
    SERVICE,
    DeclareForm,
    new_key,
    started_text,
)

PAGE = "pages/declare.html"
# What an address may fill in as it is; the form judges it like what is typed.
_PREFILLED = (
    "title",
    "severity",
    "summary",
    "customer_impact",
    "is_drill",
    "recurs",
    "dedup_key",
)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("ops.record_incidents")
def incident_declare(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _post(request)
    line = request.GET.get("line", "")
    read = understood(line, timezone.now()) if line.strip() else None
    context = _context(DeclareForm(initial=_prefilled(request.GET)), line, read)
    if is_htmx(request):
        response = render(request, f"{PAGE}#understood", context)
        response["X-Ops-Fragment"] = "1"
        return response
    return render(request, PAGE, context)


def _post(request: HttpRequest) -> HttpResponse:
    form = DeclareForm(request.POST)
    told = attempt(form, lambda: _declare(request, form))
    if isinstance(told, Recorded):
        return recorded_json(told) if is_htmx(request) else recorded_page(told)
    if is_htmx(request):
        return refused_json(told, form)
    context = {**_context(form), "refusal": told}
    return render(request, PAGE, context, status=told.status)


def _declare(request: HttpRequest, form: DeclareForm) -> Recorded:
    said = form.cleaned_data
    snapshot = configured_latest().snapshot()
    draft = Draft(
        title=said["title"],
        severity=said["severity"] or form.fields["severity"].initial,
        started_at=said["started_at"],
        summary=said["summary"],
        customer_impact=said["customer_impact"],
        is_drill=said["is_drill"],
        recurs=said["recurs"],
        dedup_key=said["dedup_key"],
        runbooks=said["runbooks"],
        services=form.services(),
        evidence=evidence_of(snapshot) if snapshot else None,
    )
    key: UUID = said["client_key"]
    return declare(draft, Submission.of(request, key))


def _context(
    form: DeclareForm, line: str = "", read: Understood | None = None
) -> dict[str, Any]:
    return {
        "form": form,
        "line": line,
        "read": read,
        "read_key": new_key()["client_key"],
        "definition": DEFINITIONS[read.severity] if read else "",
        "panel": configured_panel(),
        "now": timezone.now(),
    }


def _prefilled(asked: QueryDict) -> dict[str, Any]:
    """From the address of an action card, or of whatever led here."""
    filled: dict[str, Any] = {
        name: asked[name] for name in _PREFILLED if asked.get(name)
    }
    filled |= {f"{SERVICE}{name}": Impact.DEGRADED for name in asked.getlist("service")}
    filled["runbooks"] = asked.getlist("runbook")
    if started := _moment(asked.get("started", "")):
        filled["started_at"] = started
    return {**filled, **new_key()}


def _moment(raw: str) -> str:
    try:
        moment = parse_datetime(raw)
    except ValueError:
        return ""
    if moment is None or moment.tzinfo is None:
        return ""
    return started_text(moment.astimezone(timezone.get_default_timezone()))
