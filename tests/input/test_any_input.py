"""Whatever anybody sends, in whatever order: no fault of ours, nothing changes without a
permission and a row in the trail, and what was acknowledged is there."""

import json
import logging
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from opspanel.incidents import Draft, Submission, declare
from opspanel.models import Incident, IncidentEvent, Screen, WatchItem, WatchSignal
from opspanel.snapshot.latest import configured_stores
from opspanel.snapshot.store import save_to_all
from opspanel.views.incident_acts import ACTS
from opspanel.views.incident_forms import DeclareForm
from opspanel.views.screen_forms import ScreenApproval, ScreenForm
from opspanel.views.watchlist_forms import ChangeForm, DismissForm
from tests import snapshots
from tests.access import cells
from tests.input import words
from tests.input.house import PASSWORD, ROLES, Asked, House, resident
from tests.servers import environment
from tests.watchlist.given import raised

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("no_snapshots"),
]
# `make soak` asks for 200,000.
INPUTS = int(environment.get("INPUTS", "300"))
SEED = int(environment.get("INPUT_SEED", "1"))
# In every round as many lives of so many acts: what hypothesis remembers of a round is
# then no part of the memory that is measured.
LIVES, ACTS_OF_A_LIFE = 6, 50
MOST_GROWTH = 50 * 1024 * 1024
# Of an incident, a screen or an item: how far behind the newest.
BACK = st.integers(0, 4) | st.integers(-(2**40), 2**40)
WHO = st.sampled_from(["on_call", "on_call", "admin", "viewer", "stranger", "wall"])
ADMIN = st.sampled_from(["admin", "admin", "admin", "on_call", "wall", "stranger"])
BOOL = st.booleans()


class Anybody(RuleBasedStateMachine):
    """One life of a panel. `house` is set before it runs."""

    house: House

    @initialize()
    def begin(self):
        self.house.begin()
        self.acknowledged, self.last = {}, None
        declare(Draft(title="Checkout fails"), Submission.script("first"))
        self.house.look_around()

    def ask(self, *asked, **more):
        return self.house.ask(Asked(*asked, **more))

    # Pages

    @rule(who=WHO, route=st.sampled_from(sorted(cells.routes())), data=st.data())
    def look(self, who, route, data):
        """At any address that has a number or none, with any query."""
        args = self._place(route, data)
        method = data.draw(st.sampled_from(["GET", "GET", "GET", "HEAD", "PUT"]))
        query, htmx = data.draw(words.QUERIES), data.draw(BOOL)
        self.ask(who, method, route, args=args, query=query, htmx=htmx)

    @rule(who=WHO, route=st.sampled_from(sorted(cells.routes())), data=st.data())
    def post_nonsense(self, who, route, data):
        fields = data.draw(words.QUERIES)
        self.ask(who, "POST", route, fields, args=self._place(route, data))
        self.house.clients[who].cookies.pop("messages", None)
        self._come_back(who)

    def _place(self, route, data):
        given = cells.arguments(route)
        return [numbered(route, data.draw(BACK))] if given == [1] else given or ()

    def _come_back(self, who):
        """Who signed out signs in again; the trail of that is another test's."""
        if who in ROLES:
            self.house.sign_in(who)

    # Signing in

    @rule(
        login=st.sampled_from([*ROLES, "nobody"]) | words.TEXT,
        password=st.sampled_from([PASSWORD, PASSWORD, "a wrong pass phrase"])
        | words.TEXT,
        wanted=words.ADDRESSES,
        htmx=BOOL,
    )
    def sign_in(self, login, password, wanted, htmx):
        """Leads to a page of ours, and only who knows the password is signed in."""
        client = self.house.clients["stranger"]
        client.cookies.clear()
        fields = {"login": login, "password": password, "next": wanted}
        answer = self.ask("stranger", "POST", "ops:sign-in", fields, htmx=htmx)
        inside = client.get(reverse("ops:account")).status_code == 200
        assert not inside or (login in ROLES and password == PASSWORD)
        assert urlsplit(answer.get("Location", "")).netloc == ""
        client.cookies.clear()

    @rule(who=st.sampled_from(sorted(ROLES)), password=st.just(PASSWORD) | words.TEXT)
    def prove(self, who, password):
        self.ask(who, "POST", "ops:prove", {"password": password})

    @rule()
    def a_quarter_of_an_hour_passes(self):
        self.house.forget_attempts()

    # Incidents

    @rule(who=WHO, data=st.data(), htmx=BOOL)
    def declare(self, who, data, htmx):
        fields = data.draw(words.sent_by(DeclareForm()))
        self._record(who, "ops:incident-declare", fields, (), htmx=htmx)

    @rule(who=WHO, act=st.sampled_from(sorted(ACTS)), back=BACK, data=st.data())
    def act(self, who, act, back, data):
        fields = data.draw(words.sent_by(ACTS[act].form()))
        place, htmx = (numbered("incident", back),), data.draw(BOOL)
        self._record(who, f"ops:incident-{act}", fields, place, htmx=htmx)

    @precondition(lambda self: self.last)
    @rule()
    def send_again(self):
        """What was acknowledged happens once, however often it is sent."""
        (who, route, fields, args), key = self.last
        answer = self.ask(who, "POST", route, fields, args=args, htmx=True)
        assert answer.json()["recorded"] == "already"
        assert IncidentEvent.objects.filter(client_key=key).count() == 1

    def _record(self, who, route, fields, args, *, htmx):
        answer = self.ask(who, "POST", route, fields, args=args, htmx=htmx)
        if said(answer) == "recorded":
            self.acknowledged[fields["client_key"]] = route
            self.last = (who, route, fields, args), fields["client_key"]

    # Screens

    @rule(who=ADMIN, shown=st.sampled_from([True, True, False]), data=st.data())
    def approve(self, who, shown, data):
        """A screen asks for a code; an admin types it, or another."""
        browser = self.house.clients["stranger"]
        browser.cookies.clear()
        fields = data.draw(words.sent_by(ScreenApproval()))
        wall = self.ask("stranger", "GET", "ops:wall")
        if shown and (code := wall.context and wall.context["shown"]):
            fields["code"] = code.code
        before = Screen.objects.count()
        answer = self.ask(who, "POST", "ops:screen-approve", fields)
        made = who == "admin" and answer.status_code == 302
        assert Screen.objects.count() == before + made
        board = self.house.clients["stranger"].get(reverse("ops:wall-board"))
        assert (board.status_code == 200) == made
        browser.cookies.clear()

    @rule(who=ADMIN, back=BACK, data=st.data())
    def change_screen(self, who, back, data):
        fields = data.draw(words.sent_by(ScreenForm()))
        place = (numbered("screen", back),)
        self.ask(who, "POST", "ops:screen-change", fields, place)

    @rule(who=ADMIN, back=BACK)
    def revoke_screen(self, who, back):
        number = numbered("screen", back)
        answer = self.ask(who, "POST", "ops:screen-revoke", args=(number,))
        if who == "admin" and answer.status_code == 302:
            assert Screen.objects.get(pk=number).revoked_at

    # The watchlist

    @rule()
    def a_signal_rises(self):
        with transaction.atomic():
            raised(subject=f"queue {WatchSignal.objects.count()}")
        self.house.look_around()

    @rule(who=WHO, back=BACK, data=st.data())
    def change_item(self, who, back, data):
        number = numbered("watch", back)
        fields = data.draw(words.sent_by(ChangeForm()))
        answer = self._tend(who, "change", number, fields)
        if answer.status_code == 302 and who in {"on_call", "admin"}:
            assert WatchItem.objects.get(pk=number).status == fields["status"]

    @rule(who=WHO, back=BACK, data=st.data())
    def dismiss_item(self, who, back, data):
        fields = data.draw(words.sent_by(DismissForm()))
        self._tend(who, "dismiss", numbered("watch", back), fields)

    @rule(who=WHO, back=BACK, act=st.sampled_from(["confirm", "promote"]))
    def judge_item(self, who, back, act):
        self._tend(who, act, numbered("watch", back), {})

    def _tend(self, who, act, number, fields):
        return self.ask(who, "POST", f"ops:watch-{act}", fields, (number,))

    def teardown(self):
        """Each act that was acknowledged is there once."""
        keys = sorted(self.acknowledged)
        found = IncidentEvent.objects.filter(client_key__in=keys)
        assert found.count() == len(keys)


def numbered(what, back):
    """So far behind the newest; as often as not nobody's."""
    kinds = {"watch": WatchItem, "screen": Screen}
    kind = next((kind for name, kind in kinds.items() if name in what), Incident)
    newest = kind.objects.aggregate(last=Max("pk"))["last"] or 0
    return max(newest - back, 0)


def said(answer):
    """What became of a recording: a word that the page or the script is told, or ""."""
    if answer.status_code == 303:
        return parse_qs(urlsplit(answer["Location"]).query)["said"][0]
    if answer.status_code == 200 and answer["Content-Type"] == "application/json":
        return json.loads(answer.content)["recorded"]
    return ""


def one_round(house, number):
    machine = seed(SEED + number)(type("Life", (Anybody,), {"house": house}))
    plain = settings(
        max_examples=LIVES,
        stateful_step_count=ACTS_OF_A_LIFE,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=plain)


@pytest.fixture
def house(settings):
    # What a hash costs is not the question here.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return House()


@contextmanager
def nothing_kept_of_logs():
    """Meanwhile pytest keeps no record, each with its request: they are no memory of ours."""
    root = logging.getLogger()
    of_pytest = [h for h in root.handlers if type(h).__module__.startswith("_pytest")]
    for handler in of_pytest:
        root.removeHandler(handler)
    try:
        yield
    finally:
        for handler in of_pytest:
            root.addHandler(handler)


@nothing_kept_of_logs()
def test_anybody_may_send_anything(house, record_property):
    """Hundreds of requests of five kinds of people, each judged as it is answered."""
    save_to_all(configured_stores(), snapshots.unhealthy(timezone.now()))
    rounds, held = 0, None
    while house.asked < INPUTS:
        one_round(house, rounds)
        rounds += 1
        if held is None and house.asked >= INPUTS / 10:
            held = resident()
    grown = resident() - held
    record_property("requests", house.asked)
    record_property("seeds", f"{SEED} to {SEED + rounds - 1}")
    record_property("slowest", "{:.2f} s, {} {}".format(*house.slowest))
    record_property("memory grown, MiB", round(grown / 2**20, 1))
    if rounds > 20:  # a soak: of fewer the figures say nothing
        assert grown < MOST_GROWTH
