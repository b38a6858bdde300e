"""All incidents: a list to filter."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from opspanel.access.guard import permission_required
from opspanel.incidents import listing
from opspanel.incidents.durations import USUAL, Usual, usual
from opspanel.incidents.listing import Filter
from opspanel.incidents.reading import IncidentList
from opspanel.incidents.untold import untold
from opspanel.panel.load import configured_panel
from opspanel.terms import IncidentStatus, Severity
from opspanel.views.incident_forms import service_names

NOT_OVER = (IncidentStatus.OPEN, IncidentStatus.MITIGATED)
OVER = (IncidentStatus.RESOLVED, IncidentStatus.VOID)
_STATUSES = [("", "any"), *((each.value, each.value) for each in IncidentStatus)]
_DAYS = (7, 30, USUAL.days, 365)
_SEVERITIES = [("", "any"), *((each.value, f"SEV{each.value}") for each in Severity)]


class Wanted(forms.Form):
    """What a reader of the list asks for. `before`: the page begins under this one."""

    text = forms.CharField(label="Title has", required=False, max_length=200)
    status = forms.ChoiceField(choices=_STATUSES, required=False)
    severity = forms.TypedChoiceField(
        choices=_SEVERITIES, required=False, coerce=int, empty_value=None
    )
    service = forms.ChoiceField(required=False)
    days = forms.TypedChoiceField(
        choices=[(days, days) for days in _DAYS],
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.HiddenInput,
    )
    before = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = service_names(configured_panel())
        self.fields["service"].choices = [("", "any"), *known]  # type: ignore[attr-defined]

    def filter(self, statuses: tuple[IncidentStatus, ...]) -> Filter:
        """Of a valid form."""
        asked = self.cleaned_data
        severity = asked["severity"]
        return Filter(
            statuses=statuses,
            severities=(severity,) if severity else (),
            service=asked["service"],
            words=asked["text"],
        )


@require_safe
@permission_required("ops.view_overview")
def incidents(request: HttpRequest) -> HttpResponse:
    """What is not over first, then the rest, a page at a time."""
    form = Wanted(request.GET)
    shown = _shown(form) if form.is_valid() else None
    context = {
        "form": form,
        "groups": shown,
        "older": _older(request, shown[-1][1]) if shown else "",
        "took": _took(form) if shown else None,
        "ranges": _ranges(request),
        "untold": untold(configured_panel(), timezone.now()),
        "now": timezone.now(),
        "panel": configured_panel(),
    }
    code = 200 if shown is not None else 400
    return render(request, "pages/incidents.html", context, status=code)


def _shown(form: Wanted) -> list[tuple[str, IncidentList]]:
    """Headings with what stands under them."""
    now, asked = timezone.now(), form.cleaned_data
    before = asked["before"]
    if asked["status"]:
        status = IncidentStatus(asked["status"])
        return [
            (status.capitalize(), listing.page(form.filter((status,)), before, now))
        ]
    over = ("Over", listing.page(form.filter(OVER), before, now))
    if before is not None:
        return [over]
    return [("Not over", listing.page(form.filter(NOT_OVER), None, now)), over]


def _took(form: Wanted) -> Usual:
    """Of all incidents of the span: the filter is about the list."""
    return usual(
        timezone.now(), timedelta(days=form.cleaned_data["days"] or USUAL.days)
    )


def _ranges(request: HttpRequest) -> list[tuple[str, int]]:
    """Addresses of the same list with another span, and its days."""
    return [(_with(request, "days", days), days) for days in _DAYS]


def _older(request: HttpRequest, last: IncidentList) -> str:
    """The address of the next page, with the same filter; empty on the last one."""
    if last.older is None:
        return ""
    return _with(request, "before", last.older)


def _with(request: HttpRequest, name: str, value: object) -> str:
    asked = request.GET.copy()
    asked[name] = str(value)
    return f"?{asked.urlencode()}"
