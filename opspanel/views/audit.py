"""The audit trail: a page to read it and a file to take it along. Both are audited."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from opspanel.access.guard import fresh_sign_in_required, permission_required
from opspanel.audit import AuditError, Target, audited, record
from opspanel.audit.export import FORMATS, lines
from opspanel.audit.listing import EXPORT_LIMIT, Filter, page
from opspanel.audit.status import status
from opspanel.panel.load import configured_panel
from opspanel.views.audit_filter import AuditExport, AuditPlace

TRAIL = Target("audit")


@require_http_methods(["GET"])
@permission_required("ops.view_audit")
def audit(request: HttpRequest) -> HttpResponse:
    """Newest first, a page at a time. An invalid filter shows no rows."""
    form = AuditPlace(request.GET)
    shown = None
    if form.is_valid():
        shown = page(form.filter(), form.cleaned_data["before"])
        if not _recorded("audit.view", form.filter().shape()):
            return _busy(request)
    context = {
        "panel": configured_panel(),
        "form": form,
        "page": shown,
        "older": _address(request, shown.older) if shown else "",
        "status": status(),
        "now": timezone.now(),
        "limit": EXPORT_LIMIT,
    }
    code = 200 if shown else 400
    return render(request, "pages/audit.html", context, status=code)


@require_http_methods(["POST"])
@permission_required("ops.view_audit")
@fresh_sign_in_required
def audit_export(request: HttpRequest) -> HttpResponse:
    """The newest rows of the filter, at most EXPORT_LIMIT, as an attachment."""
    form = AuditExport(request.POST)
    if not form.is_valid():
        context = {"panel": configured_panel(), "form": form, "status": status()}
        return render(request, "pages/audit.html", context, status=400)
    wanted, kind = form.filter(), form.cleaned_data["format"]
    if not _recorded("audit.export", f"{kind}: {wanted.shape()}"):
        return _busy(request)
    return _file(wanted, kind)


def _file(wanted: Filter, kind: str) -> HttpResponse:
    text = "".join(lines(wanted.rows()[:EXPORT_LIMIT], kind))
    name = f"audit-{timezone.now():%Y%m%dT%H%M%SZ}.{kind}"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type=FORMATS[kind], headers=disposition)


def _recorded(action: str, shape: str) -> bool:
    """Who reads the trail is in it. What cannot be written down does not happen."""
    try:
        with audited():
            record(action, TRAIL, metadata={"request_scope": shape})
    except AuditError:
        return False
    return True


def _busy(request: HttpRequest) -> HttpResponse:
    context = {"panel": configured_panel()}
    return render(request, "errors/503.html", context, status=503)


def _address(request: HttpRequest, older: int | None) -> str:
    """Of the next page, with the same filter; empty on the last one."""
    if older is None:
        return ""
    asked = request.GET.copy()
    asked["before"] = str(older)
    return f"?{asked.urlencode()}"
