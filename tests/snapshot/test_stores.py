"""One contract, run by every store."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings

from opspanel.models import SnapshotMinute
from opspanel.snapshot.postgres import PostgresStore
from opspanel.snapshot.redis import RedisStore
from opspanel.snapshot.store import (
    MemoryStore,
    StoreUnavailableError,
    newest_of,
    save_to_all,
)
from tests import snapshots

SECOND = timedelta(seconds=1)


@pytest.fixture(params=["memory", "redis", "postgres"])
def store(request):
    if request.param == "memory":
        yield MemoryStore()
    elif request.param == "redis":
        yield RedisStore(settings.REDIS_URL, uuid.uuid4().hex)
    else:
        request.getfixturevalue("db")
        yield PostgresStore(history_days=1)


def later(snapshot, delta):
    return replace(snapshot, taken_at=snapshot.taken_at + delta)


class Away:
    name = "away"
    costs_statements = False

    def save(self, snapshot):
        raise StoreUnavailableError

    def newest(self, than=None):
        raise StoreUnavailableError


def test_an_empty_store_has_nothing(store):
    """A store that was never written to answers None, not an error."""
    assert store.newest() is None


@pytest.mark.parametrize(
    "build", [snapshots.healthy, snapshots.unknown, snapshots.hostile]
)
def test_a_snapshot_comes_back_as_it_was(store, build):
    """Every field survives storing, hostile text and missing figures included."""
    snapshot = build()
    store.save(snapshot)
    assert store.newest() == snapshot


def test_the_newest_wins_whatever_the_order_of_writing(store):
    """A late writer never puts an older snapshot over a newer one."""
    older = snapshots.healthy()
    newer = later(older, 2 * SECOND)
    store.save(newer)
    store.save(older)
    assert store.newest() == newer


def test_only_news_is_given(store):
    """Asked for what is newer than a moment, a store gives that or nothing."""
    snapshot = snapshots.healthy()
    store.save(snapshot)
    assert store.newest(snapshot.taken_at) is None
    assert store.newest(snapshot.taken_at - SECOND) == snapshot


@pytest.mark.parametrize("store", ["redis", "postgres"], indirect=True)
def test_a_snapshot_of_another_schema_is_not_read(store):
    """What another version wrote is treated as absent, never half understood."""
    foreign = replace(snapshots.healthy(), schema=999)
    store.save(foreign)
    assert store.newest() is None


def test_postgres_keeps_the_last_snapshot_of_each_minute(db):
    """The running minute is rewritten, a minute that is over keeps its last."""
    store = PostgresStore(history_days=1)
    first = snapshots.healthy()
    for seconds in (0, 5, 60, 65):
        store.save(later(first, seconds * SECOND))
    rows = SnapshotMinute.objects.order_by("minute").values_list("taken_at", flat=True)
    assert list(rows) == [
        first.taken_at + 5 * SECOND,
        first.taken_at + 65 * SECOND,
    ]


def test_postgres_trims_what_is_older_than_the_history(db):
    """Rows older than the configured days go away as new ones arrive."""
    store = PostgresStore(history_days=1)
    first = snapshots.healthy()
    store.save(first)
    store.save(later(first, timedelta(days=2)))
    assert SnapshotMinute.objects.count() == 1


def test_redis_that_refuses_is_told_apart_from_an_empty_one():
    """An unreachable Redis is an error with a name, never "no snapshot"."""
    store = RedisStore("redis://127.0.0.1:1/0")
    with pytest.raises(StoreUnavailableError):
        store.newest()
    with pytest.raises(StoreUnavailableError):
        store.save(snapshots.healthy())


def test_one_store_away_neither_hides_nor_loses_a_snapshot():
    """With one of two stores away, saving and reading go on through the other."""
    stores = [Away(), MemoryStore()]
    snapshot = snapshots.healthy()
    save_to_all(stores, snapshot)
    assert newest_of(stores) == snapshot


def test_all_stores_away_is_an_error():
    """When nothing could be asked, the answer is an error, not "nothing there"."""
    with pytest.raises(StoreUnavailableError):
        newest_of([Away()])
    with pytest.raises(StoreUnavailableError):
        save_to_all([Away()], snapshots.healthy())


def test_the_newest_of_two_stores_serves():
    """A store that missed a write never serves its older snapshot."""
    behind, ahead = MemoryStore(), MemoryStore()
    older = snapshots.healthy()
    newer = later(older, SECOND)
    behind.save(older)
    ahead.save(newer)
    assert newest_of([behind, ahead]) == newer
