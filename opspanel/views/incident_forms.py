"""What the forms of incidents send. They read types; `opspanel.incidents` judges.

Without length limits in the browser: it would cut what is pasted, without a word.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils import timezone

from opspanel.alerts import listing as alerts
from opspanel.alerts.reading import FiringAlert
from opspanel.incidents.amending import TIMES
from opspanel.incidents.severity import DEFAULT, DEFINITIONS
from opspanel.models import User
from opspanel.panel.config import Dependency, PanelConfig, Service
from opspanel.panel.load import configured_panel
from opspanel.terms import ClosureReason, Impact

SERVICE = "service."
_OURS = {"csrfmiddlewaretoken"}
INITIAL = "initial-"
SEVERITIES = [
    (severity.value, f"SEV{severity.value} \N{EN DASH} {meaning}")
    for severity, meaning in DEFINITIONS.items()
]
_IMPACTS = [("", "not hit"), *((impact.value, impact.value) for impact in Impact)]
_REASONS = [
    ("", "choose"),
    *((each.value, each.value.replace("_", " ")) for each in ClosureReason),
]


def hidden(**attributes: Any) -> forms.HiddenInput:
    # Some browsers keep the values of a page that was left, also of hidden fields.
    return forms.HiddenInput({"autocomplete": "off", **attributes})


def text(label: str, *, rows: int = 0, **options: Any) -> forms.CharField:
    widget: forms.Widget = forms.TextInput({"autocomplete": "off"})
    if rows:
        widget = forms.Textarea({"rows": rows})
    return forms.CharField(label=label, required=False, widget=widget, **options)


class Lines(forms.CharField):
    """A list, one a line."""

    def __init__(self, label: str, **options: Any) -> None:
        widget = forms.Textarea({"rows": 2})
        super().__init__(label=label, required=False, widget=widget, **options)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


def moment(label: str, **options: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
    label = f"{label}, UTC"
    return forms.DateTimeField(label=label, required=False, widget=widget, **options)


def severity_field(**options: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label="Severity", choices=SEVERITIES, coerce=int, **options
    )


def service_names(panel: PanelConfig) -> list[tuple[str, str]]:
    """Id and name of all that an incident can hit."""
    services = [(each.id, _with_regions(each)) for each in panel.services]
    return services + [(each.id, _with_regions(each)) for each in panel.dependencies]


def _with_regions(component: Service | Dependency) -> str:
    return ", ".join((component.name, *component.regions))


def service_fields(panel: PanelConfig, **options: Any) -> dict[str, forms.Field]:
    """One field for each of them, named as `change` names it."""
    return {
        f"{SERVICE}{service}": forms.ChoiceField(
            label=name, choices=_IMPACTS, required=False, **options
        )
        for service, name in service_names(panel)
    }


def runbooks_field(panel: PanelConfig, **options: Any) -> forms.MultipleChoiceField:
    choices = [(runbook.id, runbook.title) for runbook in panel.runbooks]
    return forms.MultipleChoiceField(
        label="Runbooks", choices=choices, required=False, **options
    )


class Recording(forms.Form):
    """`client_key` makes a recording happen once, however often it is sent."""

    client_key = forms.UUIDField(widget=hidden())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        known = set(self.fields) | {f"{INITIAL}{name}" for name in self.fields}
        if set(self.data) - known - _OURS:
            self.add_error(None, "This form holds a field that is not known here.")
        return cleaned

    def send_again(self, **values: object) -> None:
        """With these values of hidden fields; all that was typed stays."""
        kept = cast("QueryDict", self.data).copy()
        for name, value in values.items():
            kept[name] = str(value)
        self.data = kept


class DeclareForm(Recording):
    title = text("What is wrong?")
    severity = severity_field(required=False, initial=DEFAULT.value)
    started_at = moment("Started", help_text="Empty means now.")
    summary = text("What is known", rows=3)
    customer_impact = text("What customers notice", rows=2)
    is_drill = forms.BooleanField(label="This is a drill", required=False)
    recurs = forms.IntegerField(
        label="Number of the incident that came back",
        required=False,
        min_value=1,
        max_value=2**63 - 1,
    )
    # Of the alert that it was opened on: its alerts then belong to it.
    dedup_key = forms.CharField(required=False, widget=hidden())

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        panel = configured_panel()
        self.fields["title"].widget.attrs |= {"required": True, "autofocus": True}
        self.fields["runbooks"] = runbooks_field(panel)
        self.fields |= service_fields(panel)

    def services(self) -> dict[str, str]:
        """Impact by service, of a valid form."""
        return {
            name.removeprefix(SERVICE): impact
            for name, impact in self.cleaned_data.items()
            if name.startswith(SERVICE) and impact
        }


class Ack(Recording):
    pass


class Note(Recording):
    note = text("What is going on?", rows=3)
    occurred_at = moment("When it was so", help_text="Empty means now.")
    # The line that said TODO, and is done now.
    settles = forms.IntegerField(
        required=False, widget=hidden(), min_value=1, max_value=2**31 - 1
    )


class PinForm(Recording):
    moment = forms.DateTimeField(
        label="Minute of the overview, UTC",
        widget=forms.DateTimeInput({"type": "datetime-local"}),
    )
    note = text("What is to be seen there?", help_text="If there is something to say.")


class SeverityForm(Recording):
    seen = forms.IntegerField(widget=hidden(), min_value=0)
    severity = severity_field()


class OwnerForm(Recording):
    seen = forms.IntegerField(widget=hidden(), min_value=0)
    owner = forms.ChoiceField(label="Owner", required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        people = User.objects.filter(is_active=True).order_by("username")
        named = [(str(pk), name) for pk, name in people.values_list("pk", "username")]
        self.fields["owner"].choices = [("", "nobody"), *named]  # type: ignore[attr-defined]


class Changing(Recording):
    """Sends what each field held on the page, so that only what the person changed is
    changed: two people in two fields are no conflict."""

    seen = forms.IntegerField(widget=hidden(), min_value=0)

    def wanted(self) -> Mapping[str, Any]:
        mine = set(self.changed_data) - {"seen", "client_key"}
        return {name: self.cleaned_data[name] for name in self.fields if name in mine}


class ServicesForm(Changing):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields |= service_fields(configured_panel(), show_hidden_initial=True)

    def wanted(self) -> Mapping[str, Any]:
        return {name: impact or None for name, impact in super().wanted().items()}


class DetailsForm(Changing):
    title = text("Title", show_hidden_initial=True)
    summary = text("What is known", rows=4, show_hidden_initial=True)
    customer_impact = text("What customers notice", rows=2, show_hidden_initial=True)
    links = Lines(
        "Links to tickets, chats, dashboards",
        help_text="Whole addresses, one a line.",
        show_hidden_initial=True,
    )
    is_drill = forms.BooleanField(
        label="This is a drill", required=False, show_hidden_initial=True
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["runbooks"] = runbooks_field(
            configured_panel(), show_hidden_initial=True
        )


class StatusForm(Recording):
    """`expected` is the status that the page showed."""

    expected = forms.CharField(widget=hidden(), required=False)


class MitigateForm(StatusForm):
    note = text("What helped?", help_text="If there is something to say.")
    at = moment("When", help_text="Empty means now.")


class ResolveForm(StatusForm):
    note = text("How did it end?", help_text="If there is something to say.")
    at = moment("When", help_text="Empty means now.")
    override = text("Why now, if something is unfinished?")


class TimeForm(Recording):
    seen = forms.IntegerField(widget=hidden(), min_value=0)
    time = forms.ChoiceField(
        label="Which", choices=[(name, name.removesuffix("_at")) for name in TIMES]
    )
    value = forms.DateTimeField(
        label="When it was, UTC",
        widget=forms.DateTimeInput({"type": "datetime-local", "step": 1}),
    )
    reason = text("How do you know?")


class AttachForm(Recording):
    alert = forms.TypedChoiceField(
        label="Which fires, and is about this", coerce=int, empty_value=None
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        firing = alerts.firing(configured_panel(), timezone.now()).alerts
        free = [(one.id, _named(one)) for one in firing if one.incident is None]
        choices = [("", "choose" if free else "none fires without an incident"), *free]
        self.fields["alert"].choices = choices  # type: ignore[attr-defined]


def _named(alert: FiringAlert) -> str:
    since = f"since {alert.starts_at:%Y-%m-%d %H:%M} UTC"
    return " ".join(filter(None, (alert.alertname, alert.service, since)))


class DetachForm(Recording):
    alert = forms.IntegerField(widget=hidden(), min_value=1, max_value=2**63 - 1)


class RedactForm(Recording):
    seq = forms.IntegerField(
        label="Line of the timeline", min_value=1, max_value=2**31 - 1
    )
    reason = text("Why must its words go?")


class ReopenForm(StatusForm):
    note = text("Why is it not over?")


class VoidForm(StatusForm):
    closure_reason = forms.ChoiceField(
        label="Why is it void?", choices=_REASONS, required=False
    )
    merged_into = forms.IntegerField(
        label="Number of the incident that stays",
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        help_text="For a duplicate.",
    )
    note = text("Note", rows=2)


def new_key() -> dict[str, str]:
    return {"client_key": str(uuid4())}


def started_text(moment: datetime) -> str:
    """As the browser's own control writes it."""
    return f"{moment:%Y-%m-%dT%H:%M}"
