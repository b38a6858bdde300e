"""The list of incidents: each filter narrows it, and says so when it cannot be read."""

import pytest
from django.urls import reverse

from opspanel.incidents import Move, Submission, change, move
from opspanel.terms import IncidentStatus as Status
from tests.incidents.conftest import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(vera):
    """`shown(**query)`: references by heading."""

    def get(**query):
        answer = vera.client.get(reverse("ops:incidents"), query)
        assert answer.status_code == 200
        groups = answer.context["groups"]
        return {name: [one.ref for one in found.incidents] for name, found in groups}

    return get


@pytest.fixture
def four(open_incident):
    """An open one, a mitigated SEV1 of the api, a resolved and a void one."""
    made = {
        "open": open_incident(title="Login is slow"),
        "mitigated": open_incident(title="Checkout fails 100%", severity=1),
        "resolved": open_incident(title="Search fails"),
        "void": open_incident(title="A false alarm"),
    }
    by = Submission.person(person("ana"))
    change(made["mitigated"].pk, {"service.api": "down"}, by, seen=1)
    move(made["mitigated"].pk, Move(to=Status.MITIGATED), by)
    move(made["resolved"].pk, Move(to=Status.RESOLVED), by)
    move(made["void"].pk, Move(to=Status.VOID, closure_reason="false_alarm"), by)
    return {name: one.ref for name, one in made.items()}


def test_without_a_filter_what_is_not_over_comes_first(shown, four):
    """Two groups, each the newest first."""
    assert shown() == {
        "Not over": [four["mitigated"], four["open"]],
        "Over": [four["void"], four["resolved"]],
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"text": "fails"}, ["mitigated", "resolved"]),
        ({"text": "100%"}, ["mitigated"]),
        ({"text": "FAILS", "severity": "1"}, ["mitigated"]),
        ({"severity": "3"}, ["open", "void", "resolved"]),
        ({"service": "api"}, ["mitigated"]),
        ({"service": "web"}, []),
        ({"text": "' OR 1=1 --"}, []),
        ({"text": ""}, ["mitigated", "open", "void", "resolved"]),
    ],
)
def test_each_filter_narrows_both_groups(shown, four, query, found):
    """By words of the title, severity and service, alone and together."""
    both = [ref for refs in shown(**query).values() for ref in refs]
    assert both == [four[name] for name in found]


@pytest.mark.parametrize("status", Status)
def test_a_status_is_one_group(shown, four, status):
    """Under its own name."""
    assert shown(status=status.value) == {status.capitalize(): [four[status.value]]}


@pytest.mark.parametrize(
    "query",
    [
        {"status": "gone"},
        {"severity": "7"},
        {"service": "no-such"},
        {"before": "-1"},
        {"before": str(2**63)},
        {"text": "x" * 201},
        {"text": "a\x00b"},
        {"days": "-7"},
    ],
)
def test_a_filter_that_cannot_be_read_shows_nothing_and_says_so(vera, four, query):
    """400: never all incidents, as if they matched."""
    answer = vera.client.get(reverse("ops:incidents"), query)
    assert answer.status_code == 400
    assert "This filter cannot be read" in answer.text
    assert four["open"] not in answer.text


def test_nothing_that_matches_is_said(vera, four):
    """In a sentence of its own, not an empty table."""
    text = vera.client.get(reverse("ops:incidents"), {"text": "Zyzzyva"}).text
    assert "None that match." in text
    assert "<tbody>" not in text.partition("How long it takes")[0]


def test_what_was_searched_for_is_text_in_the_page(vera, four):
    """A link with mark-up in its query puts none into the page."""
    query = {"text": '"><script>alert(1)</script>'}
    assert "<script>alert" not in vera.client.get(reverse("ops:incidents"), query).text


def test_older_ones_keep_the_filter(vera, open_incident):
    """Page by page, each incident once, none of those that do not match."""
    wanted = [open_incident(title=f"Pay {number}").ref for number in range(51)]
    open_incident(title="Other")
    first = vera.client.get(reverse("ops:incidents"), {"text": "pay", "status": "open"})
    second = vera.client.get(reverse("ops:incidents") + first.context["older"])
    found = [
        one.ref
        for page in (first, second)
        for _, group in page.context["groups"]
        for one in group.incidents
    ]
    assert found == wanted[::-1]
    assert second.context["older"] == ""
