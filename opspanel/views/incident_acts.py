"""What can be done to an incident, and the form for each act."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from opspanel.alerts import attaching
from opspanel.incidents import (
    Move,
    Recorded,
    Submission,
    acknowledge,
    change,
    correct_time,
    move,
    note,
    pin,
    redact,
    transitions,
)
from opspanel.incidents.reading import WholeIncident
from opspanel.incidents.transitions import Act
from opspanel.terms import IncidentStatus as Status
from opspanel.views import incident_forms as forms
from opspanel.views.incident_answers import Refusal

type Do = Callable[[int, Any, Submission], Recorded]


# Their forms hold nothing that the page showed, so they can stay as they are.
_IN_PLACE = frozenset({"note", "ack", "detach", "mitigate", "resolve", "pin"})
# Their buttons stand elsewhere on the page.
BESIDE_WHAT_THEY_ARE_ABOUT = frozenset({"note", "ack", "detach"})


@dataclass(frozen=True, slots=True)
class ActForm:
    """One act: its form, what it does, and the words for it. `from_` are the statuses
    from which it is offered."""

    name: str
    form: type[forms.Recording]
    do: Do
    heading: str
    button: str
    from_: frozenset[Status]

    @property
    def reloads(self) -> bool:
        """Whether the page is loaded anew after it, for the other forms' sake."""
        return self.name not in _IN_PLACE


def _acknowledge(number: int, form: forms.Recording, by: Submission) -> Recorded:
    return acknowledge(number, by)


def _note(number: int, form: forms.Note, by: Submission) -> Recorded:
    said = form.cleaned_data
    when, settles = said["occurred_at"], said["settles"]
    return note(number, said["note"], by, occurred_at=when, settles=settles)


def _pin(number: int, form: forms.PinForm, by: Submission) -> Recorded:
    return pin(number, form.cleaned_data["moment"], form.cleaned_data["note"], by)


def _severity(number: int, form: forms.SeverityForm, by: Submission) -> Recorded:
    said = form.cleaned_data
    return change(number, {"severity": said["severity"]}, by, seen=said["seen"])


def _owner(number: int, form: forms.OwnerForm, by: Submission) -> Recorded:
    said = form.cleaned_data
    return change(number, {"owner": said["owner"]}, by, seen=said["seen"])


def _change(number: int, form: forms.Changing, by: Submission) -> Recorded:
    return change(number, form.wanted(), by, seen=form.cleaned_data["seen"])


def _move(to: Status, number: int, form: forms.StatusForm, by: Submission) -> Recorded:
    said = form.cleaned_data
    expected = said.pop("expected")
    said.pop("client_key")
    known = Status(expected) if expected in set(Status) else None
    return move(number, Move(to=to, expected=known, **said), by)


def _time(number: int, form: forms.TimeForm, by: Submission) -> Recorded:
    said = form.cleaned_data
    wanted = (said["time"], said["value"])
    return correct_time(number, wanted, said["reason"], by, seen=said["seen"])


def _attach(number: int, form: forms.AttachForm, by: Submission) -> Recorded:
    return attaching.attach(number, form.cleaned_data["alert"], by)


def _detach(number: int, form: forms.DetachForm, by: Submission) -> Recorded:
    return attaching.detach(number, form.cleaned_data["alert"], by)


def _redact(number: int, form: forms.RedactForm, by: Submission) -> Recorded:
    return redact(number, form.cleaned_data["seq"], form.cleaned_data["reason"], by)


def _from(act: Act) -> frozenset[Status]:
    return transitions.ACTS[act]


def _to(status: Status) -> frozenset[Status]:
    return frozenset(
        here for here in Status if transitions.needs(here, status) is not None
    )


def _moving(to: Status) -> Do:
    return partial(_move, to)


ACTS = {
    act.name: act
    for act in (
        ActForm("note", forms.Note, _note, "Note", "Add the note", _from(Act.NOTE)),
        ActForm(
            "ack",
            forms.Ack,
            _acknowledge,
            "Acknowledge",
            "Acknowledge",
            _from(Act.ACKNOWLEDGE),
        ),
        ActForm(
            "mitigate",
            forms.MitigateForm,
            _moving(Status.MITIGATED),
            "Customers are no longer hit",
            "Mitigated",
            _to(Status.MITIGATED),
        ),
        ActForm(
            "resolve",
            forms.ResolveForm,
            _moving(Status.RESOLVED),
            "It is over",
            "Resolve",
            _to(Status.RESOLVED),
        ),
        ActForm(
            "reopen",
            forms.ReopenForm,
            _moving(Status.OPEN),
            "It is not over",
            "Open again",
            _to(Status.OPEN),
        ),
        ActForm(
            "severity",
            forms.SeverityForm,
            _severity,
            "Severity",
            "Set the severity",
            _from(Act.CHANGE),
        ),
        ActForm(
            "owner", forms.OwnerForm, _owner, "Owner", "Hand over", _from(Act.CHANGE)
        ),
        ActForm(
            "services",
            forms.ServicesForm,
            _change,
            "Services that are hit",
            "Set the services",
            _from(Act.CHANGE),
        ),
        ActForm(
            "fields",
            forms.DetailsForm,
            _change,
            "Title, summary, impact, links, runbooks",
            "Save",
            _from(Act.CHANGE),
        ),
        ActForm(
            "attach",
            forms.AttachForm,
            _attach,
            "An alert is about this",
            "Attach it",
            _from(Act.CHANGE),
        ),
        ActForm(
            "detach",
            forms.DetachForm,
            _detach,
            "An alert is not about this",
            "Detach it",
            _from(Act.CHANGE),
        ),
        ActForm(
            "pin",
            forms.PinForm,
            _pin,
            "A moment of the overview belongs to this",
            "Pin it",
            _from(Act.PIN),
        ),
        ActForm(
            "time",
            forms.TimeForm,
            _time,
            "A time is wrong",
            "Correct it",
            _from(Act.CORRECT_TIME),
        ),
        ActForm(
            "redact",
            forms.RedactForm,
            _redact,
            "Words must go",
            "Take them out",
            _from(Act.REDACT),
        ),
        ActForm(
            "void",
            forms.VoidForm,
            _moving(Status.VOID),
            "This is no incident, or a duplicate",
            "Make it void",
            _to(Status.VOID),
        ),
    )
}


def initial(found: WholeIncident) -> dict[str, Any]:
    """What the forms of an incident hold before anybody typed."""
    incident = found.incident
    hit = {
        f"{forms.SERVICE}{one.service}": one.impact.value for one in incident.services
    }
    return {
        "seen": found.version,
        "expected": incident.status.value,
        "severity": incident.severity,
        "owner": found.owner_id or "",
        "title": incident.title,
        "summary": found.summary,
        "customer_impact": found.customer_impact,
        "is_drill": incident.is_drill,
        "runbooks": list(found.runbooks),
        "links": list(found.links),
        **hit,
    }


@dataclass(frozen=True, slots=True)
class Offered:
    """A form on the page. `opened`: it was refused, and has something to say."""

    act: ActForm
    form: forms.Recording
    refusal: Refusal | None = None

    @property
    def opened(self) -> bool:
        return self.refusal is not None


def offered(found: WholeIncident, tried: Offered | None = None) -> list[Offered]:
    """Each act's form, all with keys of their own."""
    before = initial(found)
    return [
        tried
        if tried is not None and tried.act is act
        else Offered(
            act,
            act.form(initial={**before, **forms.new_key()}, auto_id=f"{act.name}-%s"),
        )
        for act in ACTS.values()
    ]
