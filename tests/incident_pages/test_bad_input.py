"""Every kind of bad input on every form: told beside its field, kept as it was typed, and
nothing is stored."""

import html
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from opspanel.models import AuditEvent, Incident, IncidentEvent
from opspanel.models.incidents import LONGEST_TEXT, LONGEST_TITLE
from opspanel.snapshot.postgres import PostgresStore
from opspanel.views.incident_acts import ACTS
from tests import snapshots
from tests.incident_pages.conftest import HTMX

pytestmark = pytest.mark.django_db
# Stored for each test.
MINUTE = timezone.now().replace(second=0, microsecond=0) - timedelta(hours=1)

# A form with which each act would be done, on an incident that ana declared just now.
GOOD = {
    "note": {"note": "Looking"},
    "ack": {},
    "mitigate": {"expected": "open", "note": "Rolled back"},
    "resolve": {"expected": "open", "note": "Over", "override": ""},
    "reopen": {"expected": "resolved", "note": "It came back at once"},
    "severity": {"seen": 1, "severity": 1},
    "owner": {"seen": 1, "owner": ""},
    "services": {"seen": 1, "service.api": "down"},
    "fields": {
        "seen": 1,
        "title": "Payments fail",
        "initial-title": "Checkout fails",
        "summary": "All of it",
        "customer_impact": "None can pay",
    },
    "attach": {"alert": 1},
    "detach": {"alert": 1},
    "pin": {"moment": f"{MINUTE:%Y-%m-%dT%H:%M}", "note": "It begins"},
    "time": {
        "seen": 1,
        "time": "started_at",
        "value": f"{MINUTE:%Y-%m-%dT%H:%M:%S}",
        "reason": "The graph says so",
    },
    "redact": {"seq": 1, "reason": "It names a customer"},
    "void": {"expected": "open", "closure_reason": "test", "note": "Nothing"},
    "declare": {
        "title": "Checkout fails",
        "summary": "All of it",
        "customer_impact": "None can pay",
    },
}
# Where people write, and how much fits.
WORDS = {
    ("declare", "title"): LONGEST_TITLE,
    ("declare", "summary"): LONGEST_TEXT,
    ("declare", "customer_impact"): LONGEST_TEXT,
    ("note", "note"): LONGEST_TEXT,
    ("pin", "note"): LONGEST_TEXT,
    ("mitigate", "note"): LONGEST_TEXT,
    ("resolve", "note"): LONGEST_TEXT,
    ("resolve", "override"): LONGEST_TEXT,
    ("reopen", "note"): LONGEST_TEXT,
    ("fields", "title"): LONGEST_TITLE,
    ("fields", "summary"): LONGEST_TEXT,
    ("fields", "customer_impact"): LONGEST_TEXT,
    ("time", "reason"): LONGEST_TEXT,
    ("redact", "reason"): LONGEST_TEXT,
    ("void", "note"): LONGEST_TEXT,
}
# Numbers and names of things that there are not, or are somebody else's.
FOREIGN = [
    ("declare", "recurs", "987654"),
    ("declare", "runbooks", "no.such"),
    ("declare", "service.api", "gone"),
    ("declare", "severity", "9"),
    ("declare", "started_at", "soon"),
    ("note", "occurred_at", "soon"),
    ("note", "settles", "77"),
    ("mitigate", "at", "soon"),
    ("resolve", "at", "soon"),
    ("severity", "severity", "0"),
    ("owner", "owner", "987654"),
    ("services", "service.api", "gone"),
    ("fields", "runbooks", "no.such"),
    ("fields", "links", "javascript:alert(1)"),
    ("attach", "alert", "987654"),
    ("detach", "alert", "987654"),
    ("time", "time", "born_at"),
    ("time", "value", "soon"),
    ("redact", "seq", "77"),
    ("void", "closure_reason", "boredom"),
]
HIDDEN = {
    "a control character": "\x07",
    "a line separator": "\u2028",
    "an override of direction": "\u202e",
    "an isolate": "\u2066",
    "a tag character": "\U000e0041",
    "no character": "\ufdd0",
    "a null": "\x00",
}
# An incident in the status from which the act is done.
BEFORE = {"reopen": ("resolve", {"expected": "open"})}


@pytest.fixture
def sends(ana, open_incident):
    """`sends(form, **changes)`: that form with these values, as a page or to a script.
    `sends.number` is the incident's."""

    class Sends:
        def __init__(self):
            self.number = open_incident().pk
            PostgresStore(history_days=1).save(
                snapshots.unhealthy(MINUTE + timedelta(seconds=30))
            )

        def prepared(self, form):
            """What is stored before it, with the incident in the right status."""
            if form in BEFORE:
                act, fields = BEFORE[form]
                assert ana.posts(self.number, act, **fields).status_code == 303
            return stored()

        def __call__(self, form, *, headers=None, **changes):
            sent = {"client_key": str(uuid4()), **GOOD[form], **changes}
            address = (
                reverse("ops:incident-declare")
                if form == "declare"
                else reverse(f"ops:incident-{form}", args=[self.number])
            )
            return ana.client.post(address, sent, headers=headers)

    return Sends()


def stored():
    """What must not change: every row that a recording writes, but for refusals."""
    rows = Incident.objects.order_by("pk").values()
    events = IncidentEvent.objects.count()
    done = AuditEvent.objects.filter(result="success").count()
    return list(rows), events, done


def beside(answer, field):
    return answer.json()["details"]["fields"].get(field, "")


def test_every_form_and_every_field_of_words_is_covered():
    """A new form, or a new field that people write into, needs its rows here."""
    assert set(GOOD) == {"declare", *ACTS}
    words = set()
    for name, act in ACTS.items():
        for field, found in act.form.base_fields.items():
            written = type(found).__name__ == "CharField" and not found.widget.is_hidden
            words |= {(name, field)} if written else set()
    assert words | {key for key in WORDS if key[0] == "declare"} == set(WORDS)


@pytest.mark.parametrize(("form", "field"), WORDS)
def test_too_long_is_told_and_kept(sends, form, field):
    """How long it may be and how long it is; not one character is cut off unseen."""
    before, longest = sends.prepared(form), WORDS[form, field]
    typed = "W" * (longest + 1)
    told = sends(form, headers=HTMX, **{field: typed})
    assert told.status_code == 422
    assert f"At most {longest} characters" in beside(told, field)
    assert typed in sends(form, **{field: typed}).text
    assert stored() == before


# One intake judges them all, so each kind once and one kind everywhere.
EVERYWHERE = "an override of direction"


@pytest.mark.parametrize(
    ("form", "field", "hidden"),
    [
        *((form, field, EVERYWHERE) for form, field in WORDS),
        *(("declare", "title", hidden) for hidden in HIDDEN if hidden != EVERYWHERE),
    ],
)
def test_what_nobody_sees_is_told_with_its_place(sends, form, field, hidden):
    """By its number, since it cannot be shown; the words around it stay."""
    before, mark = sends.prepared(form), HIDDEN[hidden]
    typed = f"Seen by{mark}all of us"
    told = sends(form, headers=HTMX, **{field: typed})
    assert told.status_code == 422
    said = beside(told, field)
    assert f"U+{ord(mark):04X} at place 8" in said or "Null characters" in said
    page = sends(form, **{field: typed}).text
    assert "Seen by" in page
    assert "all of us" in page
    assert stored() == before


@pytest.mark.parametrize(("form", "field"), WORDS)
def test_mark_up_is_text_wherever_it_is_shown(sends, ana, form, field):
    """It is stored as it was written, and is inert on the page and in the files."""
    sends.prepared(form)
    typed = "<script>alert(1)</script> {{ 7 }} [x](javascript:alert(1))"
    answer = sends(form, **{field: typed})
    assert answer.status_code == 303
    number = int(answer["Location"].split("?")[0].rpartition("/")[2])
    page = ana.page(number).text
    assert "<script>alert" not in page
    assert html.escape("<script>alert(1)</script> {{ 7 }}") in page
    exported = ana.client.get(reverse("ops:incident-md", args=[number])).text
    assert "<script>" not in exported.replace("\\<script\\>", "")


@pytest.mark.parametrize(("form", "field", "value"), FOREIGN)
def test_what_there_is_not_is_told_beside_its_field(sends, form, field, value):
    """A number, a name or a time of nothing; of hidden fields above all others."""
    before = sends.prepared(form)
    told = sends(form, headers=HTMX, **{field: value})
    assert told.status_code == 422
    assert beside(told, field) or told.json()["message"]
    page = sends(form, **{field: value})
    assert page.status_code == 422
    assert stored() == before


@pytest.mark.parametrize("form", GOOD)
def test_a_field_that_is_not_known_is_refused(sends, form):
    """It may be a slip for one that is, or somebody trying."""
    before = sends.prepared(form)
    told = sends(form, headers=HTMX, is_admin="1")
    assert told.status_code == 422
    assert "a field that is not known here" in told.json()["message"]
    assert sends(form, is_admin="1").status_code == 422
    assert stored() == before


@pytest.mark.parametrize(
    ("form", "key"), [*((form, "1") for form in GOOD), ("note", ""), ("note", "x" * 40)]
)
def test_a_form_without_its_key_is_damaged(sends, form, key):
    """Without it the same could be recorded twice."""
    before = sends.prepared(form)
    told = sends(form, headers=HTMX, client_key=key)
    assert told.status_code == 422
    assert "This form is damaged" in told.json()["message"]
    assert stored() == before


STALE = [form for form, fields in GOOD.items() if "seen" in fields]
# What somebody else sets first, in the field that the form is about.
FIRST = {
    "severity": {"severity": 2},
    "owner": {"owner": "ben"},
    "services": {"service.api": "partial"},
    "fields": {"title": "The shop is down", "initial-title": "Checkout fails"},
    "time": {"value": None},
}


def test_every_form_with_a_version_is_covered():
    """Each of them can be stale."""
    assert set(STALE) == set(FIRST)


@pytest.mark.parametrize("form", STALE)
def test_a_stale_version_shows_both_values_and_stores_neither_again(
    sends, ben, form, settings
):
    """409, by whom and when; the typed value stays and can be sent knowingly."""
    one = Incident.objects.get(pk=sends.number)
    mine, theirs = dict(GOOD[form]), dict(FIRST[form])
    if form == "owner":
        theirs["owner"] = str(ben.user.pk)
    if form == "time":
        mine["value"] = f"{one.started_at.replace(second=7):%Y-%m-%dT%H:%M:%S}"
        theirs["value"] = f"{one.started_at.replace(second=3):%Y-%m-%dT%H:%M:%S}"
        one.started_at = one.started_at.replace(second=30)
    taken = ben.posts(sends.number, form, **{**mine, **theirs})
    assert taken.status_code == 303
    before = stored()
    told = sends(form, headers=HTMX, **mine)
    assert (told.status_code, told.json()["code"]) == (409, "conflict")
    said = str(told.json()["details"]["fields"]) + told.json()["message"]
    assert "ben set this to" in said
    page = sends(form, **mine)
    assert page.status_code == 409
    assert stored() == before


@pytest.mark.parametrize("form", ["mitigate", "resolve", "void"])
def test_a_status_that_was_not_expected_is_told(sends, ben, form):
    """Somebody was first: how it stands now, and by whom; the note stays."""
    other = "resolve" if form == "mitigate" else "mitigate"
    assert ben.posts(sends.number, other, expected="open").status_code == 303
    before = stored()
    told = sends(form, headers=HTMX)
    assert told.status_code == 409
    assert "by ben at" in told.json()["message"]
    assert GOOD[form]["note"] in sends(form).text
    assert stored() == before


VOID = {"expected": "open", "closure_reason": "test"}


@pytest.mark.parametrize(
    ("ended_by", "form", "changes"),
    [
        (("void", VOID), "mitigate", {"expected": "void"}),
        (("void", VOID), "resolve", {"expected": "void"}),
        (("void", VOID), "ack", {}),
        (("void", VOID), "severity", {"seen": 2}),
        (("void", VOID), "owner", {"seen": 2}),
        (("void", VOID), "services", {"seen": 2}),
        (("void", VOID), "fields", {"seen": 2}),
        (("void", VOID), "time", {"seen": 2}),
        (("void", VOID), "detach", {}),
        (("resolve", {"expected": "open"}), "mitigate", {"expected": "resolved"}),
        (("resolve", {"expected": "open"}), "ack", {}),
    ],
)
def test_a_way_that_there_is_not_is_refused_in_a_sentence(
    sends, ana, ended_by, form, changes
):
    """409 with what it is now; nothing is stored, what was typed stays."""
    act, fields = ended_by
    assert ana.posts(sends.number, act, **fields).status_code == 303
    before = stored()
    if form == "time":
        one = Incident.objects.get(pk=sends.number)
        changes = {**changes, "value": f"{one.started_at:%Y-%m-%dT%H:%M:%S}"}
    told = sends(form, headers=HTMX, **changes)
    assert (told.status_code, told.json()["code"]) == (409, "transition_refused")
    assert told.json()["message"]
    page = sends(form, **changes)
    assert page.status_code == 409
    for field, typed in GOOD[form].items():
        if (form, field) in WORDS:
            assert html.escape(str(typed)) in page.text
    assert stored() == before
