"""What a reader of the trail asks for, checked."""

from typing import Any

from django import forms

from opspanel.audit import Result
from opspanel.audit.export import FORMATS
from opspanel.audit.listing import Filter

LOOKUPS = {
    "actor": "actor_label",
    "action": "action",
    "result": "result",
    "since": "created_at__gte",
    "until": "created_at__lt",
}
RESULTS = [("", "any result"), *((each.value, each.value) for each in Result)]


def _moment() -> forms.DateTimeField:
    # Without seconds where the browser's own control writes none.
    widget = forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
    return forms.DateTimeField(required=False, widget=widget)


class AuditFilter(forms.Form):
    actor = forms.CharField(required=False, max_length=150)
    action = forms.CharField(required=False, max_length=64)
    result = forms.ChoiceField(required=False, choices=RESULTS)
    since = _moment()
    until = _moment()

    def filter(self) -> Filter:
        """Of a valid form."""
        asked = {LOOKUPS[name]: self.cleaned_data[name] for name in LOOKUPS}
        return Filter({lookup: value for lookup, value in asked.items() if value})

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        since, until = asked.get("since"), asked.get("until")
        if since and until and since >= until:
            self.add_error("until", "This is not after the beginning.")
        return asked


class AuditPlace(AuditFilter):
    """`before`: the page begins under this row."""

    before = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput
    )


class AuditExport(AuditFilter):
    format = forms.ChoiceField(
        choices=[(each, each) for each in FORMATS], widget=forms.HiddenInput
    )
