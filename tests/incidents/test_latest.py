"""What pages show of incidents: new within a second, also when the collector is dead."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from opspanel.asking import Sources
from opspanel.collect import Collector, Own
from opspanel.incidents import Move, listing, move, note
from opspanel.incidents.latest import (
    LatestWithIncidents,
    NewestIncidents,
    incidents_now,
)
from opspanel.models import User
from opspanel.panel.load import configured_panel
from opspanel.snapshot.latest import Latest, configured_stores
from opspanel.snapshot.schema import NO_INCIDENTS_READ, SelfTest
from opspanel.snapshot.store import MemoryStore, save_to_all
from opspanel.terms import IncidentStatus as Status
from tests import snapshots


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def reading(clock):
    """What a page would show of a snapshot that was stored long ago."""
    store = MemoryStore()
    old = timezone.now() - timedelta(hours=2)
    store.save(replace(snapshots.healthy(old), incidents=NO_INCIDENTS_READ))
    latest = Latest([store], clock=clock)
    reader = LatestWithIncidents(lambda: latest, NewestIncidents(clock))
    reader.store = store
    return reader


@pytest.fixture
def shown(db, clock):
    return reading(clock)


@pytest.fixture
def unreachable(django_db_setup, django_db_blocker):
    """The database refuses, until the test is over."""
    port = connection.settings_dict["PORT"]
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["PORT"] = 1
        yield
        connection.close()
        connection.settings_dict["PORT"] = port


def refs(snapshot):
    return [one.ref for one in snapshot.incidents.recent]


def test_a_new_incident_shows_although_nothing_was_collected(shown, clock, made):
    """The snapshot is two hours old, the incident a second."""
    assert refs(shown.snapshot()) == []
    ref = made().ref
    clock.now += 1
    assert refs(shown.snapshot()) == [ref]
    assert shown.snapshot().incidents.open == 1


def test_each_act_makes_another_version_and_quiet_makes_none(shown, clock, made, by):
    """A page is sent again if something was recorded, and otherwise not."""
    incident, versions = made(), []
    for act in (
        lambda: None,
        lambda: None,
        lambda: note(incident.pk, "Looking", by()),
        lambda: move(incident.pk, Move(to=Status.RESOLVED), by()),
    ):
        act()
        clock.now += 1
        versions.append(shown.snapshot().incidents.version)
    assert versions[0] == versions[1]
    assert len(set(versions)) == 3


def test_many_readers_cost_one_statement_a_second(
    shown, clock, made, django_assert_num_queries
):
    """What was read is kept, and whether it is so still is one question."""
    made()
    shown.snapshot()
    with django_assert_num_queries(0):
        for _ in range(20):
            shown.snapshot()
    clock.now += 1
    with django_assert_num_queries(1):
        for _ in range(20):
            shown.snapshot()


def test_what_no_act_changes_is_read_anew(clock, made):
    """That an update is overdue shows within ten seconds."""
    made()
    reader = NewestIncidents(clock)
    first = reader.get()
    clock.now += 9
    assert reader.get().recent is first.recent
    clock.now += 1
    assert reader.get().recent is not first.recent


class BellByHand:
    """`heard`: None while nobody can hear it."""

    heard = b""

    def last(self):
        return self.heard


@pytest.fixture
def vouched(db, clock):
    """A reader with a bell that was told of a pass before."""
    reader = NewestIncidents(clock, BellByHand())
    reader.get(listing.overview(timezone.now()))
    return reader


def test_who_hears_the_bell_and_of_passes_asks_nothing(
    vouched, clock, django_assert_num_queries
):
    """What the collector read stands for what each process would read."""
    for _ in range(4):
        stored = listing.overview(timezone.now())
        with django_assert_num_queries(0):
            for _ in range(5):
                clock.now += 1
                shown = vouched.get(stored)
        assert shown is stored


def test_an_act_that_rang_shows_within_a_second(vouched, clock, made):
    """Although a pass that began before it told otherwise."""
    before = listing.overview(timezone.now())
    ref = made().ref
    vouched._bell.heard = b"1"
    clock.now += 1
    for _ in range(2):
        assert [one.ref for one in vouched.get(before).recent] == [ref]
        clock.now += 1


def test_an_act_whose_bell_nobody_heard_shows_with_the_next_pass(vouched, clock, made):
    """And within ten seconds where no pass is made."""
    refs = [made().ref]
    clock.now += 1
    stored = listing.overview(timezone.now())
    assert [one.ref for one in vouched.get(stored).recent] == refs
    refs.append(made().ref)
    clock.now += 1
    assert [one.ref for one in vouched.get(stored).recent] == refs[:1]
    clock.now += 7
    assert {one.ref for one in vouched.get(stored).recent} == set(refs)


def test_who_cannot_hear_asks_each_second(vouched, clock, made):
    """As without a Redis."""
    vouched._bell.heard = None
    ref = made().ref
    clock.now += 1
    assert [one.ref for one in vouched.get().recent] == [ref]


def test_the_first_pass_that_it_is_told_of_vouches_for_nothing(
    db, clock, django_assert_num_queries
):
    """It may be of long ago: the process starts behind a collector that died."""
    reader = NewestIncidents(clock, BellByHand())
    stored = reader.get()
    clock.now += 8
    with django_assert_num_queries(1):
        reader.get(stored)


@pytest.mark.usefixtures("unreachable")
def test_with_the_database_away_the_stored_ones_stay(clock):
    """The snapshot's own incidents are shown, with their age."""
    shown = reading(clock)
    assert incidents_now(timezone.now()) is None
    assert shown.snapshot().incidents.read_at is None
    newest = shown.store.newest()
    known = replace(NO_INCIDENTS_READ, read_at=timezone.now(), version=7)
    later = newest.taken_at + timedelta(seconds=5)
    shown.store.save(replace(newest, taken_at=later, incidents=known))
    clock.now += 1
    assert shown.snapshot().incidents.version == 7


def test_a_sanitizer_that_fails_shows_nothing_new(shown, clock, made):
    """While its self-test fails, titles stay out as all other text does."""
    newest = shown.store.newest()
    failed = SelfTest(checked_at=newest.taken_at, canaries=10, survived=1)
    shown.store.save(replace(newest, self_test=failed))
    made()
    clock.now += 1
    assert refs(shown.snapshot()) == []


def passes(*readings):
    given, store = iter(readings), MemoryStore()
    own = Own(incidents=lambda _: next(given))
    with Collector(Sources(), [store], configured_panel(), own=own) as collector:
        return [collector.run_pass(timezone.now()) for _ in readings]


def test_the_stored_snapshot_holds_the_incidents_of_its_moment(made):
    """History can tell what was open; where nothing can be read the last known stay."""
    ref = made().ref
    first, second = passes(incidents_now(timezone.now()), None)
    assert refs(first) == refs(second) == [ref]
    assert first.incidents.read_at == second.incidents.read_at


@pytest.mark.usefixtures("no_snapshots")
def test_page_and_json_show_it(made):
    """The overview and its JSON, the poll's version, and the number in the header."""
    save_to_all(configured_stores(), snapshots.healthy(timezone.now()))
    viewer = User.objects.create_user("vera")
    viewer.groups.add(Group.objects.get(name="viewer"))
    client = Client()
    client.force_login(viewer)
    incident = made(title="Checkout fails", severity=1)
    page = client.get(reverse("ops:overview"))
    assert incident.ref in page.text
    assert "Checkout fails" in page.text
    told = client.get(reverse("ops:overview-json")).json()["incidents"]
    assert (told["open"], told["highest_severity"]) == (1, 1)
