"""An incident to take along: Markdown for people, made of the events in their order.

The skeleton of a review comes with it: what nobody but people can say is left to write.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from opspanel.incidents import telling
from opspanel.incidents.reading import TimelineEvent, WholeIncident
from opspanel.incidents.severity import DEFINITIONS
from opspanel.sanitize.cells import markdown_cell
from opspanel.snapshot.schema import Incident
from opspanel.terms import IncidentStatus, Severity

_LATE = timedelta(minutes=1)
_SPANS = (
    ("acknowledge", "declared_at", "acknowledged_at"),
    ("mitigate", "started_at", "mitigated_at"),
    ("resolve", "started_at", "resolved_at"),
)
_TO_WRITE = (
    ("Contributing factors", "What made it possible, and what made it worse?"),
    ("Resolution", "What ended it, and what would have ended it sooner?"),
    ("What went well", "What should stay as it is?"),
    ("What went badly", "What slowed us down, or misled us?"),
    ("Action items", "| what | owner | due | link |\n|---|---|---|---|\n| | | | |"),
)


def markdown(whole: WholeIncident, now: datetime) -> str:
    """`now` ends what is not over."""
    parts = [
        *_overview(whole),
        *_impact(whole, now),
        *_sections(),
        *_timeline(whole.timeline),
    ]
    return "\n".join(parts) + "\n"


def _overview(whole: WholeIncident) -> Iterator[str]:
    incident = whole.incident
    drill = " (drill)" if incident.is_drill else ""
    yield f"# {incident.ref}{drill}: {markdown_cell(incident.title)}\n"
    yield "| | |\n|---|---|"
    yield f"| Status | {incident.status} |"
    meaning = DEFINITIONS[Severity(incident.severity)]
    yield f"| Severity | SEV-{incident.severity}: {meaning} |"
    yield f"| Owner | {markdown_cell(incident.owner or 'nobody')} |"
    yield f"| Declared by | {markdown_cell(whole.declared_by)} |"
    for word in ("started", "detected", "declared", "acknowledged"):
        yield f"| {word.capitalize()} | {_moment(_time(whole, word))} |"
    for word in ("mitigated", "resolved"):
        yield f"| {word.capitalize()} | {_moment(_time(whole, word))} |"
    yield from (f"| {span} |" for span in _durations(incident))
    yield from _links(whole)
    if whole.summary:
        yield f"\n{_passage(whole.summary)}"


def _time(whole: WholeIncident, word: str) -> datetime | None:
    holder = whole if word == "detected" else whole.incident
    moment: datetime | None = getattr(holder, f"{word}_at")
    return moment


def _durations(incident: Incident) -> Iterator[str]:
    """Each names the two moments that it lies between."""
    for verb, begins, ends in _SPANS:
        start, end = getattr(incident, begins), getattr(incident, ends)
        took = _duration(end - start) if start and end else "not yet"
        between = f"{begins.removesuffix('_at')} to {ends.removesuffix('_at')}"
        yield f"Time to {verb}, {between} | {took}"


def _links(whole: WholeIncident) -> Iterator[str]:
    if whole.merged_into:
        yield f"| Duplicate of | {whole.merged_into.ref} |"
    if whole.recurs:
        yield f"| Came back after | {whole.recurs.ref} |"
    for other in whole.duplicates:
        yield f"| Has a duplicate | {other.ref} |"
    for runbook in whole.runbooks:
        yield f"| Runbook | {markdown_cell(runbook)} |"


def _impact(whole: WholeIncident, now: datetime) -> Iterator[str]:
    yield "\n## Impact\n"
    yield _passage(whole.customer_impact) or "Nobody has written down whom it hit."
    for hit in whole.incident.services:
        yield f"- {markdown_cell(hit.service)}: {hit.impact}"
    for severity, span in time_in_each(whole, now):
        yield f"- {_duration(span)} in SEV-{severity}"


def time_in_each(whole: WholeIncident, now: datetime) -> list[tuple[int, timedelta]]:
    """How long it had each severity, the worst first, from declaration to its end."""
    incident = whole.incident
    over = {IncidentStatus.RESOLVED, IncidentStatus.VOID}
    end = incident.resolved_at or incident.updated_at or now
    end = end if incident.status in over else now
    changes = [
        (event.occurred_at, int(change.new))
        for event in whole.timeline
        for change in event.changes
        if change.field == "severity" and isinstance(change.new, int)
    ]
    spans: dict[int, timedelta] = {}
    for place, (since, severity) in enumerate(changes):
        until = changes[place + 1][0] if place + 1 < len(changes) else end
        spans[severity] = spans.get(severity, timedelta()) + max(
            until - since, timedelta()
        )
    return sorted(spans.items())


def _sections() -> Iterator[str]:
    for title, question in _TO_WRITE:
        yield f"\n## {title}\n\n{question}"


def _timeline(events: tuple[TimelineEvent, ...]) -> Iterator[str]:
    yield "\n## Timeline (UTC)\n"
    yield "| # | when | who | what |\n|---|---|---|---|"
    yield from (_line(event) for event in events)


def _line(event: TimelineEvent) -> str:
    when, who = _moment(event.occurred_at), markdown_cell(event.actor)
    late = event.recorded_at - event.occurred_at
    noted = f" (written down {_duration(late)} later)" if late >= _LATE else ""
    return f"| {event.seq} | {when}{noted} | {who} | {_what(event)} |"


def _what(event: TimelineEvent) -> str:
    if event.redacted:
        return f"{markdown_cell(telling.words(event))}: {telling.REDACTED}"
    return markdown_cell(telling.sentence(event))


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else "not known"


def _duration(span: timedelta) -> str:
    minutes, seconds = divmod(int(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def _passage(text: str) -> str:
    """Several lines, each inert."""
    return "\n".join(markdown_cell(line) for line in text.splitlines())
