"""Three regions on real servers: two are read by Celery workers of their own."""

import re
import secrets
import zlib
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from opspanel import tasks
from opspanel.alerts.meaning import Meaning
from opspanel.alerts.wire import Alert
from opspanel.celery import _each_region, _own_region
from opspanel.env import DEMO_PANEL_TOML
from opspanel.live.wall_board import board_of
from opspanel.metrics.exposition import exposition
from opspanel.models import RegionPart, User
from opspanel.sanitize.regions import of_own_region
from opspanel.snapshot.codec import from_json, to_json
from opspanel.snapshot.key_figures import key_figures
from opspanel.snapshot.parts import stores_of
from opspanel.snapshot.states import states
from opspanel.terms import Exactness, FailureKind, Health, Signal, Source, Trust
from tests.regions.conftest import HOME, REGIONS, STREAM

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

LONG = timedelta(minutes=1)
VERY_LONG = timedelta(minutes=10)


def of(items, region):
    return [item for item in items if item.region == region]


def region_of(snapshot, name):
    return next(each for each in snapshot.regions if each.region == name)


def read_here(*regions):
    """As their workers do, in this process."""
    for region in regions:
        tasks.collector_of(region).run_pass(timezone.now())


def assert_well(whole, name):
    """Its own worker told of it, and all that it has answered."""
    there = region_of(whole, name)
    assert (there.reported, there.decision.status) == (True, Health.HEALTHY)
    assert [each.name for each in there.nats.streams] == [STREAM]
    assert there.node_tasks is None
    [api] = of(whole.health, name)
    assert (api.component_id, api.instances_up.value) == (f"api-{name}", 1)
    states = {each.source: each.failure for each in of(whole.sources, name)}
    assert states == {Source.PROMETHEUS: None, Source.NATS: None}


def assert_missed(whole, name):
    """Unknown by name, nothing of it green, its last figures held over."""
    there = region_of(whole, name)
    assert (there.reported, there.decision.status) == (False, Health.UNKNOWN)
    assert there.decision.coverage.fresh == 0
    assert Health.HEALTHY not in {each.status for each in there.nats.streams}
    [api] = of(whole.health, name)
    up = api.instances_up
    assert api.status is Health.UNKNOWN
    assert (up.value, up.exactness) == (1, Exactness.HELD_OVER)
    told = {(each.failure, each.trust) for each in of(whole.sources, name)}
    assert told == {(FailureKind.NOT_COLLECTED, Trust.UNKNOWN)}
    [card] = of(whole.actions, name)
    assert (card.signal, card.status) == (Signal.SOURCE_FAILED, Health.UNKNOWN)
    assert card.title == f"{name}: nothing is collected"
    assert f"{name} nothing is collected" in whole.decision.sentence


def test_each_worker_reads_its_own_and_one_that_dies_is_missed_by_name(workers, passes):
    """Two workers, each with the addresses of its own region alone, and the pass joins
    what they saw. When one is killed its region grows unknown, and its figures are held
    over, and later gone; a new worker brings it back."""
    # Again, once both run: what the first saw grows old while the second starts.
    for each in (*workers.values(), *workers.values()):
        each.part()
    whole = passes()
    assert [each.region for each in whole.regions] == [HOME, *REGIONS]
    for name in workers:
        assert_well(whole, name)
    assert from_json(to_json(whole)) == whole

    workers["us-east"].kill()
    assert_missed(passes(later=LONG), "us-east")
    [api] = of(passes(later=VERY_LONG).health, "us-east")
    assert api.instances_up.missing is FailureKind.NOT_COLLECTED

    workers["us-east"].start_again()
    workers["us-east"].part()
    assert_well(passes(), "us-east")


def read_a_minute_ago(region):
    tasks.collector_of(region).run_pass(timezone.now() - LONG)


def test_a_silent_region_leaves_the_others_as_they_were(passes):
    """Of two regions one told nothing for a minute. The other is as healthy as it was,
    and the whole is no better than unknown. Since when, is told the same in each pass."""
    read_a_minute_ago("us-east")
    read_here("ap-south")
    first, second = passes(), passes()
    assert region_of(second, "ap-south").decision.status is Health.HEALTHY
    assert not of(second.actions, "ap-south")
    assert region_of(second, "us-east").decision.status is Health.UNKNOWN
    assert second.decision.coverage.fresh < second.decision.coverage.declared
    since = [of(each.actions, "us-east")[0].since for each in (first, second)]
    assert since == [first.taken_at] * 2


def test_a_clock_that_is_far_ahead_is_not_believed(passes):
    """A part from the future may be of any age."""
    tasks.collector_of("us-east").run_pass(timezone.now() + LONG)
    assert not region_of(passes(), "us-east").reported


def test_an_upstream_of_one_region_dies_and_comes_back(passes, upstreams):
    """Its own region says so, and only that one; then it is well again."""
    read_here(*REGIONS)
    upstreams["ap-south"].kill("prometheus")
    read_here(*REGIONS)
    hit = passes()
    failures = {
        (each.region, each.source): each.failure
        for each in hit.sources
        if each.region != HOME
    }
    assert failures.pop(("ap-south", Source.PROMETHEUS)) is FailureKind.REFUSED
    assert set(failures.values()) == {None}
    assert region_of(hit, "us-east").decision.status is Health.HEALTHY
    assert region_of(hit, "ap-south").decision.status is Health.UNHEALTHY
    assert hit.decision.sentence.startswith("Unhealthy: ")

    upstreams["ap-south"].start_again()
    read_here("ap-south")
    assert {each.failure for each in of(passes().sources, "ap-south")} == {None}


def test_a_worker_without_the_address_says_so(passes, settings):
    """No address for it in this process: not configured, and never healthy."""
    settings.OPSPANEL_SOURCES = {}
    read_here("us-east")
    whole = passes()
    failures = {each.failure for each in of(whole.sources, "us-east")}
    assert failures == {FailureKind.UNCONFIGURED}
    assert region_of(whole, "us-east").decision.status is Health.UNKNOWN


def test_a_slot_of_a_region_is_its_own_and_taken_once(panel, passes, monkeypatch):
    """A doubled beat reads a region once, and another region is read beside it."""
    made = []
    monkeypatch.setattr(tasks, "collector_of", lambda region: Counted(region, made))
    longer = panel.collection.model_copy(update={"interval_seconds": 86_400.0})
    long = panel.model_copy(update={"collection": longer})
    monkeypatch.setattr(tasks, "configured_panel", lambda: long)
    for region in (*REGIONS, *REGIONS):
        tasks.collect_region(region)
    assert made == [*REGIONS]


class Counted:
    def __init__(self, region, made):
        self.region, self.made = region, made

    def run_pass(self, _now):
        self.made.append(self.region)


def test_a_part_is_kept_clean_in_both_stores_and_never_goes_back(passes):
    """What a worker read stands in Redis and in Postgres, as a snapshot; one that was
    held up puts nothing older over it."""
    read_here("us-east")
    stores = stores_of("us-east")
    [newest] = {store.newest() for store in stores}
    read_a_minute_ago("us-east")
    assert [store.newest() for store in stores] == [newest, newest]
    assert [store.newest(newest.taken_at) for store in stores] == [None, None]


def test_nothing_raw_is_kept_of_a_region(passes, upstreams):
    """A token that is the name of a consumer there is in neither store of the part."""
    token = f"ghp_{secrets.token_hex(18)}"
    upstreams["us-east"].add_consumer(token)
    read_here("us-east")
    redis_store, _ = stores_of("us-east")
    in_redis = redis_store._client.hget(redis_store._key, "body")
    row = RegionPart.objects.get(region="us-east")
    for body in (in_redis, zlib.decompress(bytes(row.body))):
        assert b"[REDACTED]" in body
        assert token.encode() not in body


def test_beat_asks_each_region_on_its_own_queue(panel):
    """By its name alone: nothing that was read goes through the broker."""
    asked = list(_each_region().values())
    told = [(each["args"], each["options"]["queue"]) for each in asked]
    assert told == [((name,), f"region-{name}") for name in REGIONS]
    assert {each["task"] for each in asked} == {"opspanel.tasks.collect_region"}


def test_the_pass_that_joins_comes_half_an_interval_behind(panel, settings):
    """Where there are other regions; else it comes when it always did."""
    seconds = panel.collection.interval_seconds
    assert _own_region()["options"] == {"expires": seconds, "countdown": seconds / 2}
    settings.OPSPANEL_CONFIG = DEMO_PANEL_TOML
    assert _own_region()["options"] == {"expires": seconds}


def test_an_alert_of_a_region_is_of_the_service_there(panel):
    """By its label `region`; without it, it is of the one at home, if there is one."""
    meaning = Meaning("am", panel, timezone.now())
    alert = {
        "status": "firing",
        "startsAt": timezone.now().isoformat(),
        "labels": {"alertname": "Slow", "service": "api", "region": "us-east"},
    }
    assert meaning.of(Alert.model_validate(alert)).service == "api-us-east"
    del alert["labels"]["region"]
    assert meaning.of(Alert.model_validate(alert)).service == ""


def test_the_page_and_its_json_say_where_each_thing_is(passes, client):
    """A region beside each thing, a tile for each region, and what is silent by name."""
    read_here("us-east")
    passes()
    user = User.objects.create(username="looker")
    user.groups.add(Group.objects.get(name="viewer"))
    client.force_login(user)
    page = client.get(reverse("ops:overview")).content.decode()
    assert '<h2 id="regions">Regions</h2>' in page
    assert "ap-south: nothing is collected" in page
    assert "never told anything" in page
    assert 'id="nats-us-east"' in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    told = client.get(reverse("ops:overview-json")).json()
    assert {each["region"] for each in told["health"]} == set(REGIONS)
    assert [each["region"] for each in told["regions"]] == [HOME, *REGIONS]


def test_a_wall_shows_the_worst_of_all_regions_first(passes):
    """Each queue with its region, and those that are not known before those that are well:
    a board has room for three."""
    read_here("us-east")
    board = board_of(passes())
    names = [queue.name for queue in board.queues]
    assert f"us-east NATS {STREAM}" in names
    assert names.index(f"ap-south NATS {STREAM}") < names.index(
        f"us-east NATS {STREAM}"
    )
    assert {each.region for each in board.components} == set(REGIONS)


def test_metrics_tell_sources_of_regions_apart(passes):
    """Each with the label `region`; where there is one region there is no such label."""
    read_here(*REGIONS)
    whole = passes()
    told = exposition(whole, whole.taken_at, None).decode()
    assert 'opspanel_source_up{region="us-east",source="nats"} 1.0' in told
    own = of_own_region(whole)
    assert "region=" not in exposition(own, own.taken_at, None).decode()


def test_the_past_tells_regions_apart(passes):
    """What changed, and the figures of charts, carry the region that they are of."""
    read_here(*REGIONS)
    whole = passes()
    subjects = {subject.full_name for subject in states(whole)}
    assert {
        "us-east",
        "ap-south",
        f"us-east/{STREAM}",
        f"ap-south/{STREAM}",
    } <= subjects
    assert len(states(whole)) == len({(s.kind, s.full_name) for s in states(whole)})
    names = [name for name, _ in key_figures(whole)]
    assert f"us-east/{STREAM}: depth" in names
    assert len(names) == len(set(names))
