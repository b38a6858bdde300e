"""The newest incidents as feeds, for those with a token."""

import hashlib
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from pydantic import TypeAdapter

from opspanel.access.guard import scope_required
from opspanel.access.tokens import READ_INCIDENTS
from opspanel.incidents import listing, telling
from opspanel.incidents.listing import Filter
from opspanel.models import Incident as Row
from opspanel.panel.load import configured_panel
from opspanel.snapshot.schema import Incident

# A feed must have a time, also where there is nothing in it.
_NO_INCIDENT = datetime(1970, 1, 1, tzinfo=UTC)
_ATOM = "http://www.w3.org/2005/Atom"
_SEVERAL = TypeAdapter(tuple[Incident, ...])


@require_safe
@scope_required(READ_INCIDENTS)
def feed_json(request: HttpRequest) -> HttpResponse:
    return _feed(request, _SEVERAL.dump_json(_newest()), "application/json")


@require_safe
@scope_required(READ_INCIDENTS)
def feed_atom(request: HttpRequest) -> HttpResponse:
    incidents = _newest()
    rows = Row.objects.filter(pk__in=[incident.id for incident in incidents])
    changed = dict(rows.values_list("pk", "changed_at"))
    return _feed(request, _atom(request, incidents, changed), "application/atom+xml")


def _newest() -> tuple[Incident, ...]:
    return listing.page(Filter(), None, timezone.now()).incidents


def _feed(request: HttpRequest, body: bytes, kind: str) -> HttpResponse:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    return HttpResponse(body, content_type=kind, headers={"ETag": etag})


def _atom(
    request: HttpRequest,
    incidents: tuple[Incident, ...],
    changed: dict[int, datetime],
) -> bytes:
    """An entry is new for its readers with each change of its `updated`."""
    feed = ET.Element("feed", xmlns=_ATOM)
    environment = configured_panel().panel.environment
    _add(feed, "title", f"Incidents of {environment}")
    _add(feed, "id", f"urn:opspanel:{environment}:incidents")
    for incident in incidents:
        entry = _entry(request, incident, environment)
        _add(entry, "updated", changed[incident.id].isoformat())
        feed.append(entry)
    newest = max(changed.values(), default=_NO_INCIDENT)
    _add(feed, "updated", newest.isoformat())
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed)


def _entry(request: HttpRequest, incident: Incident, environment: str) -> ET.Element:
    entry = ET.Element("entry")
    _add(entry, "title", f"{telling.head(incident)}: {incident.title}")
    _add(entry, "id", f"urn:opspanel:{environment}:{incident.ref}")
    _add(entry, "published", incident.declared_at.isoformat())
    _add(entry, "summary", _summary(incident))
    author = ET.SubElement(entry, "author")
    _add(author, "name", incident.owner or "nobody yet")
    where = request.build_absolute_uri(reverse("ops:incident", args=[incident.id]))
    ET.SubElement(entry, "link", href=where)
    return entry


def _summary(incident: Incident) -> str:
    hit = ", ".join(f"{one.service} {one.impact}" for one in incident.services)
    return f"{incident.status} since {incident.started_at:%Y-%m-%d %H:%M} UTC. {hit}"


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text
