"""The stored minutes, with what people have taken back since taken back there, too."""

from dataclasses import replace
from datetime import datetime

from opspanel.models import Incident
from opspanel.sanitize import fields
from opspanel.snapshot.history import Minute, minute_of
from opspanel.snapshot.schema import Snapshot


def minute_then(moment: datetime) -> Minute:
    """As `minute_of`, but titles of incidents are those of now: a redaction reaches back.

    Raise Django's DatabaseError where Postgres does not answer.
    """
    minute = minute_of(moment)
    if minute.snapshot is None or not minute.snapshot.incidents.recent:
        return minute
    return replace(minute, snapshot=_with_titles_of_now(minute.snapshot))


def _with_titles_of_now(snapshot: Snapshot) -> Snapshot:
    recent = snapshot.incidents.recent
    rows = Incident.objects.filter(pk__in=[incident.id for incident in recent])
    titles = dict(rows.values_list("pk", "title"))
    shown = tuple(
        replace(incident, title=fields.incident_title(titles[incident.id]))
        if incident.id in titles
        else incident
        for incident in recent
    )
    return replace(snapshot, incidents=replace(snapshot.incidents, recent=shown))
