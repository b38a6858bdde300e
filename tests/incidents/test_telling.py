"""One line of plain words for each incident and for each thing done to it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from opspanel.env import BASE_DIR
from opspanel.incidents import (
    Move,
    acknowledge,
    change,
    correct_time,
    listing,
    move,
    note,
    redact,
    telling,
)
from opspanel.terms import IncidentStatus as Status

NOW = timezone.now()
BEGAN = NOW - timedelta(hours=2)


def told(incident):
    timeline = listing.whole(incident.pk, timezone.now()).timeline
    return {event.seq: f"{event.actor} {telling.sentence(event)}" for event in timeline}


def test_a_time_that_is_that_of_the_line_is_not_said_twice(made, by):
    """One that was given, and lies earlier, is."""
    incident = made(severity=2, started_at=BEGAN)
    move(incident.pk, Move(to=Status.MITIGATED), by())
    assert told(incident)[2] == "ana moved this on: status open → mitigated"
    assert "started 20" in told(incident)[1]


@pytest.mark.parametrize(
    ("draft", "head"),
    [
        ({"severity": 2}, "SEV2 open"),
        ({"severity": 1, "is_drill": True}, "SEV1 open"),
    ],
)
def test_the_head_says_which_how_bad_and_how_it_stands(made, draft, head):
    """A drill says so first, before anybody is alarmed."""
    incident = made(**draft)
    said = telling.head(listing.whole(incident.pk, NOW).incident)
    drill = "DRILL " if draft.get("is_drill") else ""
    assert said == f"{drill}{incident.ref} {head}"


def test_each_act_is_one_readable_line(made, by):
    """Who, what, and from what to what: without a word of ours that needs a manual."""
    incident = made(severity=3, started_at=BEGAN, owner=None)
    acknowledge(incident.pk, by("ben"))
    change(incident.pk, {"severity": 1}, by("ben"), seen=2)
    change(incident.pk, {"owner": None, "service.api": "down"}, by("ana"), seen=3)
    correct_time(
        incident.pk,
        ("started_at", BEGAN.replace(microsecond=0)),
        "the graph says so",
        by("ana"),
        seen=5,
    )
    note(incident.pk, "A name\nof a customer", by("ana"))
    lines = told(incident)
    assert lines[2] == "ben acknowledged: owner ben"
    assert lines[3] == "ben set the severity: SEV3 → SEV1"
    assert lines[4] == "ana handed over: owner ben → nothing"
    assert lines[5] == "ana changed the services that are hit: api down"
    assert lines[6].startswith("ana corrected line 1: started 20")
    assert lines[6].endswith(": the graph says so")
    assert lines[7] == "ana noted: A name of a customer"
    redact(incident.pk, 7, "it names a customer", by("ben"))
    lines = told(incident)
    assert lines[7] == "ana noted: [REDACTED]"
    assert lines[8] == "ben took words out of line 7: it names a customer"


def test_a_duplicate_is_told_on_both_sides(made, by):
    """The one that goes says why, the one that stays says of which."""
    kept, gone = made(), made()
    duplicate = Move(
        to=Status.VOID, closure_reason="duplicate", merged_into=kept.pk, note="The same"
    )
    move(gone.pk, duplicate, by("ben"))
    assert told(kept)[2] == f"ben linked a duplicate: duplicate {gone.ref}"
    said = told(gone)[2]
    assert said.startswith("ben closed this as a duplicate: status open → void")
    assert f"merged into {kept.ref}" in said
    assert said.endswith(": The same")


def test_no_act_leaves_a_column_or_a_code_in_its_line(made, by):
    """Field names are words: no underscore, no number of a row, no ISO time."""
    incident = made(severity=3, started_at=BEGAN, services={"api": "partial"})
    move(incident.pk, Move(to=Status.MITIGATED), by())
    move(incident.pk, Move(to=Status.OPEN, note="It came back"), by())
    move(incident.pk, Move(to=Status.VOID, closure_reason="false_alarm"), by())
    for line in told(incident).values():
        assert "_" not in line
        assert "+00:00" not in line


def test_a_severity_is_spelled_one_way():
    """SEV1 to SEV4, as the definitions have it: on pages, in files, chats and docs."""
    other = re.compile(r"\bSEV[- _]\S|\bSev-?[1-4]")
    places = [
        path
        for folder in ("opspanel", "templates", "static/js", "docs")
        for path in (BASE_DIR / folder).rglob("*")
        if path.suffix in {".py", ".html", ".js", ".md", ".json", ".toml"}
    ]
    assert len(places) > 300
    assert [str(path) for path in places if other.search(path.read_text())] == []
