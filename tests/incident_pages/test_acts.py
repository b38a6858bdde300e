"""Every act by a plain form, as a browser without script sends it."""

import re
from uuid import uuid4

import pytest

from opspanel.models import AuditEvent, Incident, IncidentEvent
from tests.incident_pages.conftest import HTMX

WHOLE_LIFE = [
    ("note", {"note": "The error rate rises"}, "note"),
    ("ack", {}, "acknowledged"),
    ("severity", {"seen": 3, "severity": 1}, "severity"),
    ("owner", {"seen": 4, "owner": ""}, "owner"),
    ("services", {"seen": 5, "service.api": "down"}, "services"),
    ("fields", {"seen": 6, "title": "API fails", "initial-title": "x"}, "details"),
    ("mitigate", {"expected": "open", "note": "Rolled back"}, "status"),
    ("resolve", {"expected": "mitigated"}, "status"),
    (
        "time",
        {
            "seen": 9,
            "time": "detected_at",
            "reason": "The graph says so",
        },
        None,
    ),
    ("redact", {"seq": 2, "reason": "It named a customer"}, "redacted"),
    ("reopen", {"expected": "resolved", "note": "It came back at once"}, "reopened"),
    ("void", {"expected": "open", "closure_reason": "test"}, "status"),
]


def events(number):
    rows = IncidentEvent.objects.filter(incident=number).order_by("seq")
    return list(rows.values_list("type", flat=True))


def text_of(answer):
    return answer.content.decode()


def test_a_title_is_enough_and_leads_to_the_incident(ana):
    """Posted, led on with 303, and the page says that it was recorded."""
    answer = ana.declares("Checkout fails")
    made = Incident.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == f"/admin/ops/incidents/{made.pk}?said=recorded"
    shown = text_of(ana.client.get(answer["Location"]))
    assert "Checkout fails" in shown
    assert "Recorded." in shown
    assert (made.severity, made.owner_label, made.status) == (3, "ana", "open")


def test_a_whole_life_by_plain_forms(ana, open_incident):
    """Each act is a POST that leads back to the page, and leaves its line."""
    one = open_incident()
    kinds = ["declared"]
    begin = {"value": f"{one.declared_at:%Y-%m-%dT%H:%M:%S}"}
    for act, fields, kind in WHOLE_LIFE:
        answer = ana.posts(one.pk, act, **fields, **(begin if act == "time" else {}))
        assert (act, answer.status_code) == (act, 303)
        kinds.append(kind or "times")
        assert (act, events(one.pk)) == (act, kinds)
    one.refresh_from_db()
    assert (one.status, one.title, one.severity) == ("void", "API fails", 1)


@pytest.mark.parametrize("act", ["note", "resolve"])
def test_a_replayed_post_records_once(ana, open_incident, act):
    """The answer was lost: the same form again says that it was recorded already."""
    one = open_incident()
    sent = {"client_key": str(uuid4()), "note": "Looking", "expected": "open"}
    sent.pop("expected") if act == "note" else None
    ana.posts(one.pk, act, **sent)
    before = events(one.pk), AuditEvent.objects.count()
    again = ana.posts(one.pk, act, **sent)
    assert again["Location"].endswith("?said=already")
    assert "was recorded already" in text_of(ana.client.get(again["Location"]))
    assert (events(one.pk), AuditEvent.objects.count()) == before


def test_a_replayed_declaration_leads_to_the_same_incident(ana):
    """One incident, whatever happened to the answer."""
    key = str(uuid4())
    first = ana.declares(client_key=key)["Location"].partition("?")[0]
    again = ana.declares(client_key=key)["Location"]
    assert again == f"{first}?said=already"
    assert Incident.objects.count() == 1


# What only these acts can be told; what any form can be told is in test_bad_input.
BAD = [
    ("note", {"note": ""}, "note", "Write something."),
    (
        "note",
        {"note": "ok", "occurred_at": "2999-01-01T00:00"},
        "occurred_at",
        "in the future",
    ),
    ("severity", {"seen": "", "severity": 1}, None, "form is damaged"),
    ("services", {"seen": 1, "service.x": "down"}, None, "a field that is not known"),
    ("fields", {"seen": 1, "title": "", "initial-title": "x"}, "title", "few words"),
    ("mitigate", {"at": "2001-01-01T00:00"}, "at", "more than a year ago"),
    ("void", {}, "closure_reason", "Say why it is void."),
    ("void", {"closure_reason": "duplicate"}, "merged_into", "the incident that stays"),
    (
        "void",
        {"closure_reason": "duplicate", "merged_into": 987654},
        "merged_into",
        "no such incident",
    ),
    ("redact", {"seq": 1, "reason": "short"}, "reason", "at least 10 characters"),
]


def message_beside(answer, field):
    """What the error envelope says of the field; None is the form as a whole."""
    told = answer.json()
    return told["details"]["fields"].get(field, "") if field else told["message"]


@pytest.mark.parametrize(
    ("act", "fields", "wanted"),
    [(act, fields, (field, said)) for act, fields, field, said in BAD],
)
def test_bad_input_is_told_beside_its_field_and_stores_nothing(
    ana, open_incident, act, fields, wanted
):
    """As a page with what was typed, as an envelope for the script that sent it."""
    one, (field, said) = open_incident(), wanted
    if act == "redact" and "short" in fields["reason"]:
        ana.posts(one.pk, "note", note="A customer's name")
    before = events(one.pk)
    told = ana.posts(one.pk, act, headers=HTMX, **fields)
    assert told.status_code == 422
    assert said in message_beside(told, field)
    page = ana.posts(one.pk, act, **fields)
    assert page.status_code == 422
    assert said in text_of(page).replace("&#x27;", "'")
    assert events(one.pk) == before


def test_what_was_typed_stays_when_it_is_refused(ana, open_incident):
    """The words stand in the field again, as text."""
    one = open_incident()
    typed = "<b>half</b> a thought \u202e"
    page = text_of(ana.posts(one.pk, "note", note=typed))
    assert "&lt;b&gt;half&lt;/b&gt; a thought" in page
    page = text_of(ana.declares("t" * 201, summary="The whole story"))
    assert "The whole story" in page
    assert "At most 200 characters" in page


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"title": ""}, "title", "Say in a few words"),
        ({"started_at": "2999-01-01T00:00"}, "started_at", "in the future"),
        ({"started_at": "2001-01-01T00:00"}, "started_at", "more than a year ago"),
    ],
)
def test_a_bad_declaration_is_told_and_stores_nothing(ana, fields, field, said):
    """Beside the field that it is about."""
    told = ana.declares(**{"title": "Checkout fails", **fields}, headers=HTMX)
    assert told.status_code == 422
    assert said in message_beside(told, field)
    assert Incident.objects.count() == 0


def test_the_same_field_changed_twice_shows_both_values(ana, ben, open_incident):
    """Who set what and when; sent again, knowingly, it is set."""
    one = open_incident()
    ben.posts(one.pk, "severity", seen=1, severity=1)
    told = ana.posts(one.pk, "severity", seen=1, severity=2, headers=HTMX)
    assert told.status_code == 409
    assert "ben set this to SEV1 at" in message_beside(told, "severity")
    assert "Yours: SEV2." in message_beside(told, "severity")
    fresh = told.json()["details"]["fresh"]
    assert fresh == {"seen": "2"}
    assert ana.posts(one.pk, "severity", severity=2, **fresh).status_code == 303
    one.refresh_from_db()
    assert one.severity == 2


def test_a_conflict_without_script_keeps_the_words_and_can_be_sent_again(
    ana, ben, open_incident
):
    """The page holds the typed title and the version that it may be sent with."""
    one = open_incident()
    title = {"initial-title": "Checkout fails"}
    ben.posts(one.pk, "fields", seen=1, title="Payments fail", **title)
    page = ana.posts(one.pk, "fields", seen=1, title="The shop is down", **title)
    assert page.status_code == 409
    shown = text_of(page)
    assert 'value="The shop is down"' in shown
    assert "ben set this to “Payments fail”" in shown
    assert 'name="seen" value="2"' in shown


def test_two_people_in_two_fields_are_no_conflict(ana, ben, open_incident):
    """What a form held and nobody touched is not sent as a change."""
    one = open_incident()
    held = {"initial-title": "Checkout fails", "initial-summary": ""}
    ben.posts(one.pk, "fields", seen=1, title="Payments fail", summary="", **held)
    answer = ana.posts(
        one.pk, "fields", seen=1, title="Checkout fails", summary="All of it", **held
    )
    assert answer.status_code == 303
    one.refresh_from_db()
    assert (one.title, one.summary) == ("Payments fail", "All of it")


def test_a_button_that_expected_another_status_is_told_how_it_stands(
    ana, ben, open_incident
):
    """By whom, and when; nothing is moved."""
    one = open_incident()
    ben.posts(one.pk, "mitigate", expected="open")
    told = ana.posts(one.pk, "resolve", expected="open", headers=HTMX)
    assert told.status_code == 409
    assert "It is mitigated already: by ben at" in told.json()["message"]
    assert told.json()["details"]["fresh"] == {"expected": "mitigated"}


@pytest.mark.parametrize(
    ("end", "act", "fields"),
    [
        ("void", "ack", {}),
        ("void", "resolve", {}),
        ("void", "severity", {"seen": 2, "severity": 1}),
        ("resolve", "mitigate", {}),
    ],
)
def test_a_transition_that_there_is_not_is_refused(
    ana, open_incident, end, act, fields
):
    """409, as a sentence; the incident stays as it was."""
    one = open_incident()
    ana.posts(one.pk, end, **({"closure_reason": "test"} if end == "void" else {}))
    before = events(one.pk)
    told = ana.posts(one.pk, act, headers=HTMX, **fields)
    assert (told.status_code, told.json()["code"]) == (409, "transition_refused")
    assert ana.posts(one.pk, act, **fields).status_code == 409
    assert events(one.pk) == before


def test_unfinished_work_asks_for_a_reason(ana, open_incident):
    """A note that says TODO blocks, until somebody says why it may stay."""
    one = open_incident()
    ana.posts(one.pk, "note", note="TODO tell the customers")
    told = ana.posts(one.pk, "resolve", expected="open", headers=HTMX)
    assert told.status_code == 409
    assert "TODO" in message_beside(told, "override")
    reason = {"override": "Somebody else tells them"}
    assert ana.posts(one.pk, "resolve", **reason).status_code == 303


@pytest.mark.parametrize("number", [424242, 2**63, 2**70])
def test_an_incident_that_there_is_not_is_not_found(ana, number):
    """Also one with a number that no table can hold."""
    assert ana.page(number).status_code == 404
    assert ana.posts(number, "note", note="Hello").status_code == 404


def test_a_viewer_reads_and_is_offered_no_act(vera, open_incident):
    """The page without forms; a POST is refused."""
    one = open_incident()
    shown = text_of(vera.page(one.pk))
    assert "Checkout fails" in shown
    assert "data-send" not in shown
    assert vera.posts(one.pk, "note", note="Hello").status_code == 403
    assert vera.declares().status_code == 403


def test_other_words_with_a_key_that_was_used_are_not_lost(ana, open_incident):
    """Back in the browser, typed over, sent: told, kept, and recorded if sent again."""
    one, key = open_incident(), str(uuid4())
    ana.posts(one.pk, "note", note="First", client_key=key)
    again = ana.posts(one.pk, "note", note="First", client_key=key)
    assert again["Location"].endswith("said=already")
    told = ana.posts(one.pk, "note", note="Second", client_key=key)
    assert told.status_code == 422
    assert "Something else was recorded from this form already" in told.text
    form = told.text.partition('id="act-note"')[2].partition("</form>")[0]
    assert "Second</textarea>" in form
    fresh = re.search(r'name="client_key" value="([0-9a-f-]{36})"', form)[1]
    assert fresh != key
    assert ana.posts(one.pk, "note", note="Second", client_key=fresh).status_code == 303
    notes = IncidentEvent.objects.filter(type="note").order_by("seq")
    assert [note.body for note in notes] == ["First", "Second"]
