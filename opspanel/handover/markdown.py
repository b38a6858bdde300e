"""The digest as Markdown, to paste where the hand-over is written. All text is inert."""

from collections.abc import Iterable, Iterator

from opspanel.alerts.reading import FiringAlert
from opspanel.handover.digest import Digest, Followed
from opspanel.incidents import telling
from opspanel.incidents.signals import Way
from opspanel.sanitize.cells import markdown_cell
from opspanel.snapshot.schema import Incident


def markdown(digest: Digest) -> str:
    return "\n".join(_lines(digest)) + "\n"


def _lines(digest: Digest) -> Iterator[str]:
    yield f"# Incidents since {digest.since:%Y-%m-%d %H:%M} UTC"
    if digest.is_empty:
        yield "\nNothing happened, nothing is open, no update is owed."
    yield from _section("An update is owed", map(_silent, digest.silent))
    yield from _section("New", map(_followed, digest.new))
    yield from _section("Changed", map(_followed, digest.changed))
    yield from _section("Alerts without an incident", map(_signal, digest.signals))
    yield from _section("Open, nothing new", map(_head, digest.still_open))
    if digest.not_shown:
        yield f"\n{digest.not_shown} more incidents are not listed here."
    if digest.fires.way is not Way.OPEN:
        yield "\nWhat fires is not known: alerts may not get to the panel."


def _section(heading: str, entries: Iterable[str]) -> Iterator[str]:
    found = list(entries)
    if found:
        yield f"\n## {heading}\n"
        yield from found


def _head(incident: Incident) -> str:
    owner = markdown_cell(incident.owner or "nobody")
    title = markdown_cell(incident.title)
    return f"- **{telling.head(incident)}** {title} (owner: {owner})"


def _silent(incident: Incident) -> str:
    due = incident.next_update_due
    return f"{_head(incident)}: due {due:%Y-%m-%d %H:%M} UTC" if due else ""


def _followed(followed: Followed) -> str:
    lines = [_head(followed.incident)]
    if followed.more:
        lines.append(f"  - {followed.more} earlier")
    for event in followed.lines:
        said = markdown_cell(f"{event.actor} {telling.sentence(event)}")
        lines.append(f"  - {event.occurred_at:%H:%M} {said}")
    return "\n".join(lines)


def _signal(alert: FiringAlert) -> str:
    where = f" {alert.service}" if alert.service else ""
    said = markdown_cell(f"{alert.alertname}{where} {alert.summary}")
    since = f"since {alert.starts_at:%Y-%m-%d %H:%M} UTC"
    return f"- SEV{alert.severity} {said}, {since}"
