"""Whether others are told of incidents."""

from collections.abc import Iterator

from django.db import Error
from django.utils import timezone

from opspanel.doctor.finding import Finding, fail, ok
from opspanel.incidents.untold import last_answer, webhooks
from opspanel.panel.config import PanelConfig
from opspanel.snapshot.schema import Untold
from opspanel.terms import Telling

_CURES = {
    Telling.UNATTENDED: "start the upkeep worker",
    Telling.PAUSED: "mend the receiver, then run manage.py webhooks --resume NAME",
    Telling.LATE: "look at the receiver",
    Telling.REFUSING: "check its address and its secret",
}


def examine(panel: PanelConfig) -> Iterator[Finding]:
    """Nothing where the panel's database does not answer: that has a finding."""
    try:
        found = webhooks(panel, timezone.now())
    except Error:
        return
    yield from map(_finding, found)


def _finding(one: Untold) -> Finding:
    subject = f"webhook {one.webhook}"
    if one.state is Telling.IN_TIME:
        return ok(subject, "is told of incidents in time.")
    text = f"{one.state}, {one.waiting} messages wait; it {last_answer(one)}."
    return fail(subject, text, _CURES[one.state])
