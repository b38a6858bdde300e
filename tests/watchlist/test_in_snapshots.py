"""The watchlist on its way into the overview and `overview.json`."""

from dataclasses import replace

import pytest
from django.db import DatabaseError

from opspanel.collect import with_watchlist
from opspanel.snapshot.codec import from_json, to_json
from opspanel.watchlist import listing
from tests.snapshots import NOW, healthy, unhealthy, watchlist


def test_what_was_read_is_in_the_snapshot():
    read = watchlist()
    assert with_watchlist(healthy(), read, None).watchlist == read


def test_what_cannot_be_read_stays_as_last_known():
    """`judged_at` tells how old it is."""
    before = replace(healthy(), watchlist=watchlist())
    assert with_watchlist(healthy(), None, before).watchlist == before.watchlist
    assert with_watchlist(healthy(), None, None).watchlist is None


def test_a_database_that_is_away_is_no_failed_pass(monkeypatch):
    def away(_):
        raise DatabaseError

    monkeypatch.setattr(listing, "overview", away)
    assert listing.watchlist_now(NOW) is None


def test_it_comes_back_from_json_as_it_was():
    assert from_json(to_json(unhealthy())) == unhealthy()


@pytest.mark.parametrize("key", ["watchlist", "ack_window"])
def test_a_snapshot_of_before_there_was_a_watchlist_is_read(key):
    """Stores hold those of two weeks; none of them is lost by an upgrade."""
    whole = to_json(healthy()).decode()
    assert f'"{key}":null' in whole
    older = whole.replace(f',"{key}":null', "")
    assert f'"{key}"' not in older
    assert from_json(older.encode()) == healthy()
