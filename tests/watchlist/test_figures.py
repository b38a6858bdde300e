"""What the snapshot holds becomes points; what it does not becomes gaps."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from opspanel.panel.watch import FigureName
from opspanel.terms import Absence, Exactness
from opspanel.watchlist.figures import measured
from tests.snapshots import NOW, healthy

ELSEWHERE = ("screens.", "database.", "consumer.", "audit.")
FROM_SNAPSHOTS = [
    name for name in get_args(FigureName) if not name.startswith(ELSEWHERE)
]


def with_stream(snapshot, **figures):
    nats = snapshot.queues.nats
    streams = (replace(nats.streams[0], **figures), *nats.streams[1:])
    queues = replace(snapshot.queues, nats=replace(nats, streams=streams))
    return replace(snapshot, queues=queues)


@pytest.mark.parametrize("figure", FROM_SNAPSHOTS)
def test_each_figure_has_points_on_a_healthy_day(figure):
    found = dict(measured(figure, healthy()))
    assert found
    assert all(value >= 0 for value in found.values())


def test_nothing_waiting_is_an_age_of_zero():
    snapshot = healthy()
    age = snapshot.queues.nats.streams[0].oldest_age
    none = replace(age, value=None, missing=Absence.NOTHING_WAITING)
    found = dict(measured("stream.oldest_age", with_stream(snapshot, oldest_age=none)))
    assert found["PROVISIONING"] == 0.0


@pytest.mark.parametrize(
    "change",
    [
        {"exactness": Exactness.HELD_OVER},
        {"value": None, "missing": Absence.NO_LEADER},
        {"observed_at": NOW - timedelta(minutes=2)},
    ],
    ids=["held over", "missing", "old"],
)
def test_what_is_not_known_now_is_a_gap(change):
    snapshot = healthy()
    depth = replace(snapshot.queues.nats.streams[0].depth, **change)
    found = dict(measured("stream.depth", with_stream(snapshot, depth=depth)))
    assert "PROVISIONING" not in found
    assert "BILLING" in found


def test_residue_of_a_work_queue_is_what_no_consumer_has_before_it():
    snapshot = healthy()
    stream = snapshot.queues.nats.streams[0]
    [consumer, *_] = stream.consumers
    pending = replace(consumer.pending, value=4.0)
    out = replace(consumer.ack_pending, value=2.0)
    consumer = replace(consumer, pending=pending, ack_pending=out)
    changed = with_stream(
        snapshot,
        retention="workqueue",
        depth=replace(stream.depth, value=13.0),
        consumers=(consumer,),
    )
    assert dict(measured("stream.residue", changed))["PROVISIONING"] == 7.0


def test_residue_of_other_streams_was_handed_out_too_often():
    snapshot = healthy()
    stream = snapshot.queues.nats.streams[0]
    [consumer, *_] = stream.consumers
    again = replace(consumer.redelivered, value=5.0)
    out = replace(consumer.ack_pending, value=2.0)
    consumer = replace(consumer, redelivered=again, ack_pending=out)
    changed = with_stream(snapshot, retention="limits", consumers=(consumer,))
    assert dict(measured("stream.residue", changed))["PROVISIONING"] == 3.0
