"""Whoever is on call sees that others are not told, whatever the worker is up to."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from opspanel.incidents import Draft, Submission, declare, note
from opspanel.incidents.untold import untold, webhooks
from opspanel.models import (
    AuditEvent,
    IncidentDelivery,
    IncidentMessage,
    IncidentWebhook,
)
from opspanel.outgoing.sending import WAITS
from opspanel.panel.load import configured_panel
from opspanel.snapshot.latest import configured_stores
from opspanel.snapshot.store import save_to_all
from opspanel.terms import FailureKind, Telling
from tests.incident_pages.conftest import Recorder
from tests.snapshots import healthy

pytestmark = pytest.mark.django_db
BY = Submission.system()
MINUTES = timedelta(minutes=1)


def declared(title="Checkout fails"):
    return declare(Draft(title=title), BY)


def now_is(after=0):
    return timezone.now() + timedelta(seconds=after)


def of_pager(after=0):
    (one,) = webhooks(configured_panel(), now_is(after))
    return one


def last_seen(minutes):
    """As if the worker had come by so long ago, and all was older than it is."""
    moment = timezone.now() - timedelta(minutes=minutes)
    IncidentWebhook.objects.update(looked_at=moment)
    IncidentMessage.objects.update(created_at=moment)


def shown(route, *args):
    address = reverse(route, args=args)
    return " ".join(Recorder("vera", "viewer").client.get(address).text.split())


def failed(pager, listener, answer=503):
    """Until it is paused; gives the seconds that this took."""
    listener.answers = [answer] * (len(WAITS) + 1)
    later = 0
    for wait in (0, *(each.total_seconds() for each in WAITS)):
        later += wait + 1
        pager(after=later)
    return later


def test_with_nothing_late_nothing_is_said(pager):
    """A worker that comes by and is answered: no word on any page."""
    declared()
    pager()
    assert of_pager().state is Telling.IN_TIME
    assert untold(configured_panel(), now_is()) == ()
    assert "Webhook pager" not in shown("ops:incidents")


@pytest.mark.parametrize("route", ["ops:overview", "ops:incidents", "ops:incident"])
def test_a_worker_that_is_down_is_told_by_what_waits(pager, route):
    """It came by twelve minutes ago: the pages count what waits since, and how long."""
    pager()
    first = declared()
    note(first.id, "Second region takes over", BY)
    last_seen(minutes=12)
    save_to_all(configured_stores(), healthy(timezone.now()))
    page = shown(route, *([first.id] if route == "ops:incident" else []))
    assert "Webhook pager is told nothing:" in page
    assert "the upkeep worker was last seen" in page
    assert "2 messages wait to be sent for" in page
    assert ">12 min 0 s<" in page or "12 min" in page


def test_a_worker_that_never_came_is_told(pager):
    """Named in panel.toml and never served: no good news from that."""
    declared()
    one = of_pager()
    assert (one.state, one.seen_at, one.waiting) == (Telling.UNATTENDED, None, 1)
    assert "never came by" in shown("ops:incidents")


def test_the_page_of_an_incident_counts_its_own_lines(pager):
    """Two of this one, whatever waits of others."""
    pager()
    mine = declared()
    note(mine.id, "Second region takes over", BY)
    declared("Another")
    last_seen(minutes=12)
    page = shown("ops:incident", mine.id)
    assert "Not told to others yet:</b> 2 lines of this timeline." in page
    assert "3 messages wait" in page


def test_a_day_without_a_worker_loses_nothing(pager, listener):
    """What was recorded meanwhile is told when it is back, in order."""
    pager()
    made = declared()
    note(made.id, "Second region takes over", BY)
    last_seen(minutes=24 * 60)
    assert pager() == 2
    numbers = [headers["X-Opspanel-Delivery"] for headers, _, _ in listener.heard]
    assert numbers == sorted(numbers, key=int)


def test_a_paused_webhook_is_told_with_what_it_answered(pager, listener):
    """Since when, the last answer, how many wait, when it is asked again, the cure."""
    declared()
    later = failed(pager, listener)
    one = of_pager(after=later + 5)
    assert (one.state, one.status, one.waiting) == (Telling.PAUSED, 503, 1)
    assert one.next_at - now_is(later) > 10 * MINUTES
    page = shown("ops:incidents")
    for words in (
        "Webhook pager is paused",
        "answered 503",
        "1 message waits to be sent",
        "manage.py webhooks --resume pager",
    ):
        assert words in page


def test_no_answer_is_told_by_its_kind(pager, listener):
    """Nobody listens there any more."""
    declared()
    listener.close()
    pager()
    one = of_pager(after=70)
    assert (one.state, one.failure) == (Telling.LATE, FailureKind.REFUSED)
    assert IncidentDelivery.objects.get().status == 0
    IncidentMessage.objects.update(created_at=timezone.now() - 2 * MINUTES)
    assert "is behind:</b> it took no connection" in shown("ops:incidents")


def test_a_webhook_that_refuses_is_told(pager, listener):
    """A wrong secret: nothing waits, and nothing arrives either."""
    declared()
    listener.answers = [401]
    pager()
    one = of_pager()
    assert (one.state, one.waiting) == (Telling.REFUSING, 0)
    assert "answered 401" in shown("ops:incidents")


def test_a_person_resumes_it(pager, listener, capsys):
    """What waits goes out at the next turn, and who did it is written down."""
    declared()
    failed(pager, listener)
    call_command("webhooks", "--resume", "pager")
    assert "tried at once: 1" in capsys.readouterr().out
    assert pager(after=1) == 1
    assert of_pager().state is Telling.IN_TIME
    (row,) = AuditEvent.objects.filter(action="webhook.resume")
    assert (row.target_id, row.metadata) == ("pager", {"new_value": 1})


def test_nothing_else_can_be_resumed(pager):
    """A name that panel.toml does not have changes nothing."""
    with pytest.raises(CommandError, match="no such webhook"):
        call_command("webhooks", "--resume", "elsewhere")


def test_the_command_tells_how_long(pager, capsys):
    """The same for whoever has a shell and no browser."""
    pager()
    declared()
    last_seen(minutes=12)
    call_command("webhooks")
    out = capsys.readouterr().out
    assert "pager  unattended  1 waiting, the oldest for 12 min" in out


def test_the_doctor_names_a_worker_that_is_down(pager, capsys):
    """A FAIL with its cure; one that is told in time is OK."""
    pager()
    declared()
    last_seen(minutes=12)
    with pytest.raises(SystemExit):
        call_command("doctor")
    lines = [line for line in capsys.readouterr().out.splitlines() if "pager" in line]
    assert len(lines) == 1
    assert lines[0].startswith("FAIL")
    assert "Cure: start the upkeep worker" in lines[0]
