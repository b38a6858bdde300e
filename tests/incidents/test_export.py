"""Incidents leave the panel as files and feeds: whole, in order, inert."""

import json
import re
from base64 import b64decode
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from django.urls import reverse
from django.utils import timezone

from opspanel.access import tokens
from opspanel.incidents import change, note, redact
from opspanel.incidents.durations import usual
from opspanel.incidents.evidence import declared_with, evidence_of
from opspanel.incidents.export import Bundle, markdown, time_in_each
from opspanel.incidents.listing import whole
from opspanel.terms import IncidentStatus as Status
from tests.incidents.conftest import By, person
from tests.snapshots import unhealthy

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def exported(incident):
    now = timezone.now()
    bundle = Bundle(
        whole=whole(incident.pk, now),
        evidence=declared_with(incident.pk),
        pictures={},
        usual=usual(now),
    )
    return markdown(bundle, now)


def took(text):
    """The row of each measure, by its name."""
    table = text.partition("## How long it took")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()]
    return {row[0].split(",")[0]: row[1:] for row in rows if row[0].startswith("TT")}


def test_the_file_tells_the_whole_story_in_order(made, by):
    """Times with both their ends, the timeline, and the review's sections."""
    incident = made(title="Checkout fails", services={"api": "down"})
    note(incident.pk, "Second region takes over", by("ben"))
    change(incident.pk, {"severity": 1}, by("ana"), seen=2)
    text = exported(incident)
    assert text.startswith(f"# {incident.ref}: Checkout fails")
    assert took(text)["TTR"][:3] == ["started", "resolved", "not yet"]
    assert "- api: down" in text
    for section in ("Impact", "Contributing factors", "Timeline (UTC)", "Action items"):
        assert f"\n## {section}" in text
    timeline = text.partition("## Timeline")[2]
    places = [
        timeline.index(word) for word in ("declared", "Second region", "SEV3 → SEV1")
    ]
    assert places == sorted(places)


def test_durations_name_their_moments_and_their_length(made):
    """From the start, not from the declaration, to the end."""
    start = timezone.now() - timedelta(minutes=90)
    incident = made(
        Status.OPEN, started_at=start, resolved_at=start + timedelta(minutes=65)
    )
    made(Status.OPEN)
    rows = took(exported(incident))
    assert rows["TTR"] == [
        "started",
        "resolved",
        "1 h 5 min",
        "1 h 5 min",
        "1 h 5 min",
        "1",
        "1",
    ]
    assert rows["TTA"] == [
        "declared",
        "acknowledged",
        "not yet",
        "none",
        "none",
        "0",
        "2",
    ]


def test_mark_up_in_words_does_nothing(made, by):
    """What people wrote is text in the file, whatever reads it."""
    incident = made(title="<script>alert(1)</script> | x")
    note(incident.pk, "[link](javascript:alert(1))\n# head", by("ana"))
    text = exported(incident)
    assert "<script>" not in text.replace("\\<script\\>", "")
    assert "\n# head" not in text
    assert "\\[link\\]\\(javascript" in text


def test_what_was_redacted_is_in_no_file(made, by):
    """Its place stays, its words are gone."""
    incident = made()
    noted = note(incident.pk, "Customer Example Ltd is hit", by("ana"))
    redact(incident.pk, noted.version, "it names a customer", by("ana"))
    assert "Example Ltd" not in exported(incident)
    assert "[REDACTED]" in exported(incident)


def test_time_in_each_severity_adds_up(made, by):
    """From declaration on, whatever the number of changes."""
    incident = made(severity=3)
    change(incident.pk, {"severity": 1}, by("ana"), seen=1)
    now = timezone.now() + timedelta(hours=1)
    spans = dict(time_in_each(whole(incident.pk, now), now))
    assert set(spans) == {1, 3}
    assert sum(spans.values(), timedelta()) == now - incident.declared_at


@pytest.fixture
def viewer(client, by):
    client.force_login(person("vera", "viewer"))
    return client


@pytest.mark.parametrize(
    ("kind", "type_"), [("md", "text/markdown"), ("json", "application/json")]
)
def test_whoever_sees_the_overview_can_take_it_along(viewer, made, kind, type_):
    """As an attachment that no browser opens as a page."""
    incident = made()
    answer = viewer.get(reverse(f"ops:incident-{kind}", args=[incident.pk]))
    assert answer["Content-Type"].startswith(type_)
    assert f"{incident.ref}.{kind}" in answer["Content-Disposition"]
    assert incident.title in answer.text


@pytest.fixture
def evident(made):
    """Declared while the platform stood as in `unhealthy`."""
    return made(evidence=evidence_of(unhealthy()))


def test_evidence_goes_along_with_its_pictures(viewer, evident):
    """The decision, the cards, the figures, and each trend as SVG, in both files."""
    text = viewer.get(reverse("ops:incident-md", args=[evident.pk])).text
    told = json.loads(
        viewer.get(reverse("ops:incident-json", args=[evident.pk])).content
    )
    assert told["evidence"]["status"] == "unhealthy"
    assert "## How the platform stood at the declaration" in text
    assert told["evidence"]["cards"]
    names = [one["name"] for one in told["evidence"]["trends"]]
    assert names
    assert list(told["pictures"]) == names
    found = re.findall(r"!\[(.*)\]\(data:image/svg\+xml;base64,(\S+)\)", text)
    drawn = [b64decode(picture).decode() for _, picture in found]
    assert drawn == list(told["pictures"].values())
    durations = {one["name"]: one["seconds"] for one in told["durations"]}
    assert durations == {"TTA": None, "TTM": None, "TTR": None}
    assert [one["missing"] for one in told["usual"]["durations"]] == [1, 1, 1]


def test_a_picture_is_a_drawing_and_nothing_else(viewer, evident):
    """Well-formed, says what it shows, and holds no script, style, link or handler."""
    address = reverse("ops:incident-json", args=[evident.pk])
    for name, text in viewer.get(address).json()["pictures"].items():
        picture = ET.fromstring(text)  # noqa: S314 - our own drawing
        tags = {part.tag.rpartition("}")[2] for part in picture.iter()}
        assert tags <= {"svg", "title", "g", "path"}
        attributes = {name for part in picture.iter() for name in part.attrib}
        assert not {one for one in attributes if one.startswith("on") or "href" in one}
        assert "style" not in attributes
        title = picture.findtext("{http://www.w3.org/2000/svg}title")
        assert title.startswith(name)


def test_what_was_declared_before_anything_was_collected_says_so(viewer, made):
    """No evidence is no empty table."""
    incident = made()
    text = viewer.get(reverse("ops:incident-md", args=[incident.pk])).text
    assert "Nothing had been collected when this was declared." in text
    address = reverse("ops:incident-json", args=[incident.pk])
    assert viewer.get(address).json()["evidence"] is None


def test_a_hostile_name_of_a_service_is_inert_in_the_picture(viewer, made):
    """It came with the snapshot, and stands in the drawing's title as text."""
    kept = evidence_of(unhealthy())
    first = replace(kept.trends[0], name="</title><script>alert(1)</script>")
    incident = made(evidence=replace(kept, trends=(first,)))
    address = reverse("ops:incident-json", args=[incident.pk])
    (text,) = viewer.get(address).json()["pictures"].values()
    assert "<script" not in text
    assert ET.fromstring(text) is not None  # noqa: S314 - our own drawing


def test_a_line_is_not_written_down_later_than_it_was(made):
    """An act whose clock runs ahead a little gets no remark, an old one does."""
    incident = made(started_at=timezone.now() - timedelta(days=2))
    assert "(written down" not in exported(incident)
    note(
        incident.pk,
        "Seen yesterday",
        By()(),
        occurred_at=timezone.now() - timedelta(days=1, seconds=5),
    )
    assert "(written down 1 d 0 h later)" in exported(incident)


@pytest.fixture
def feed(client):
    token = tokens.issue("reader", tokens.READ_INCIDENTS, timedelta(days=1))

    def get(kind, **headers):
        headers |= {"Authorization": f"Bearer {token}"}
        return client.get(reverse(f"api:feed-{kind}"), headers=headers)

    return get


def parsed(answer):
    return ET.fromstring(answer.content)  # noqa: S314 - our own answer


def test_a_feed_is_new_only_after_a_change(feed, made, by):
    """304 with the same ETag, 200 and another one after any act."""
    incident = made()
    for kind in ("atom", "json"):
        etag = feed(kind)["ETag"]
        assert feed(kind, **{"If-None-Match": etag}).status_code == 304
        note(incident.pk, f"for {kind}", by("ana"))
        assert feed(kind, **{"If-None-Match": etag}).status_code == 200


def test_an_entry_keeps_its_id_and_moves_its_time(feed, made, by):
    """Readers of feeds see the same incident again, with a later time."""
    incident = made(title="a < b & c")

    def entry():
        return parsed(feed("atom")).find(f"{ATOM}entry")

    first = entry()
    change(incident.pk, {"service.api": "down"}, by("ana"), seen=incident.version)
    second = entry()
    assert first.findtext(f"{ATOM}id") == second.findtext(f"{ATOM}id")
    assert first.findtext(f"{ATOM}updated") < second.findtext(f"{ATOM}updated")
    assert second.findtext(f"{ATOM}title").endswith("a < b & c")


def test_the_json_feed_is_the_incidents_of_the_overview(feed, made):
    """The same names of fields as in overview.json."""
    incident = made()
    (one,) = json.loads(feed("json").content)
    assert (one["ref"], one["title"]) == (incident.ref, incident.title)


def test_an_empty_feed_is_a_feed(feed):
    """No incident is no error."""
    assert parsed(feed("atom")).find(f"{ATOM}entry") is None
    assert feed("json").json() == []
