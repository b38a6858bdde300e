"""An incident to take along: Markdown for people, made of the events in their order.

The skeleton of a review comes with it: what nobody but people can say is left to write.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from opspanel.incidents import telling
from opspanel.incidents.durations import MEANINGS, Usual, took
from opspanel.incidents.evidence import Evidence, KeptFigure
from opspanel.incidents.reading import TimelineEvent, WholeIncident
from opspanel.incidents.severity import DEFINITIONS
from opspanel.quantities import quantity, whole_duration
from opspanel.sanitize.cells import markdown_cell
from opspanel.snapshot.schema import Incident
from opspanel.terms import IncidentStatus, Severity

_LATE = timedelta(minutes=1)
_TO_WRITE = (
    ("Contributing factors", "What made it possible, and what made it worse?"),
    ("Resolution", "What ended it, and what would have ended it sooner?"),
    ("What went well", "What should stay as it is?"),
    ("What went badly", "What slowed us down, or misled us?"),
    ("Action items", "| what | owner | due | link |\n|---|---|---|---|\n| | | | |"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """All that is taken along of one incident.

    `evidence`: how the platform stood at the declaration, None where it is not known.
    `pictures`: its trends as SVG, by name. `usual`: how long incidents take here.
    """

    whole: WholeIncident
    evidence: Evidence | None
    pictures: Mapping[str, str]
    usual: Usual


def markdown(bundle: Bundle, now: datetime) -> str:
    """`now` ends what is not over."""
    whole = bundle.whole
    parts = [
        *_overview(whole),
        *_impact(whole, now),
        *_durations(whole.incident, bundle.usual),
        *_evidence(bundle.evidence, bundle.pictures),
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
    yield f"| Severity | SEV{incident.severity}: {meaning} |"
    yield f"| Owner | {markdown_cell(incident.owner or 'nobody')} |"
    yield f"| Declared by | {markdown_cell(whole.declared_by)} |"
    for word in ("started", "detected", "declared", "acknowledged"):
        yield f"| {word.capitalize()} | {_moment(_time(whole, word))} |"
    for word in ("mitigated", "resolved"):
        yield f"| {word.capitalize()} | {_moment(_time(whole, word))} |"
    yield from _links(whole)
    if whole.summary:
        yield f"\n{_passage(whole.summary)}"


def _time(whole: WholeIncident, word: str) -> datetime | None:
    holder = whole if word == "detected" else whole.incident
    moment: datetime | None = getattr(holder, f"{word}_at")
    return moment


def _durations(incident: Incident, usual: Usual) -> Iterator[str]:
    """Each names the two moments that it lies between, and what it is compared with."""
    yield "\n## How long it took\n"
    yield "| what | from | to | here | median | 90th percentile | of | missing |"
    yield "|---|---|---|---|---|---|---|---|"
    for here, all_ in zip(took(incident), usual.durations, strict=True):
        cells = [
            f"{here.name}, {MEANINGS[here.name]}",
            here.begins.removesuffix("_at"),
            here.ends.removesuffix("_at"),
            "not yet" if here.seconds is None else whole_duration(here.seconds),
            _seconds(all_.median),
            _seconds(all_.p90),
            str(all_.n),
            str(all_.missing),
        ]
        yield f"| {' | '.join(cells)} |"
    span = f"{usual.since:%Y-%m-%d} to {usual.until:%Y-%m-%d}"
    yield (
        f"\nMedian and percentile are of the incidents declared from {span}, without "
        "drills and void ones; those that lack one of the two moments are missing."
    )


def _seconds(value: float | None) -> str:
    return "none" if value is None else whole_duration(value)


def _evidence(kept: Evidence | None, pictures: Mapping[str, str]) -> Iterator[str]:
    yield "\n## How the platform stood at the declaration\n"
    if kept is None:
        yield "Nothing had been collected when this was declared."
        return
    said = f"{kept.status.replace('_', ' ')}: {markdown_cell(kept.sentence)}"
    yield f"Taken {_moment(kept.taken_at)} UTC. {said}"
    for card in kept.cards:
        about = f"{markdown_cell(card.title)}: {markdown_cell(card.reason)}"
        yield f"- {card.status.replace('_', ' ')}, {about}"
    yield "\n| figure | value |\n|---|---|"
    for figure in kept.figures:
        yield f"| {markdown_cell(figure.name)} | {markdown_cell(_figure(figure))} |"
    for name, svg in pictures.items():
        data = b64encode(svg.encode()).decode()
        yield f"\n![{markdown_cell(name)}](data:image/svg+xml;base64,{data})"


def _figure(kept: KeptFigure) -> str:
    if kept.value is not None:
        return quantity(kept.value, kept.unit)
    return (kept.missing or "not known").replace("_", " ")


def _links(whole: WholeIncident) -> Iterator[str]:
    if whole.merged_into:
        yield f"| Duplicate of | {whole.merged_into.ref} |"
    if whole.recurs:
        yield f"| Came back after | {whole.recurs.ref} |"
    for other in whole.duplicates:
        yield f"| Has a duplicate | {other.ref} |"
    for runbook in whole.runbooks:
        yield f"| Runbook | {markdown_cell(runbook)} |"
    for link in whole.links:
        yield f"| Link | {markdown_cell(link)} |"


def _impact(whole: WholeIncident, now: datetime) -> Iterator[str]:
    yield "\n## Impact\n"
    yield _passage(whole.customer_impact) or "Nobody has written down whom it hit."
    for hit in whole.incident.services:
        yield f"- {markdown_cell(hit.service)}: {hit.impact}"
    for severity, span in time_in_each(whole, now):
        yield f"- {_span(span)} in SEV{severity}"


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
    noted = f" (written down {_span(late)} later)" if late >= _LATE else ""
    return f"| {event.seq} | {when}{noted} | {who} | {_what(event)} |"


def _what(event: TimelineEvent) -> str:
    if event.redacted:
        return f"{markdown_cell(telling.words(event))}: {telling.REDACTED}"
    return markdown_cell(telling.sentence(event))


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else "not known"


def _span(span: timedelta) -> str:
    return whole_duration(span.total_seconds())


def _passage(text: str) -> str:
    """Several lines, each inert."""
    return "\n".join(markdown_cell(line) for line in text.splitlines())
