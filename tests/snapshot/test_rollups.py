"""Figures over time: folded as they come, once each, and never more rows than steps."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opspanel.models import FigureName, FigureRollup
from opspanel.snapshot.key_figures import key_figures
from opspanel.snapshot.postgres import PostgresStore
from opspanel.snapshot.rollups import (
    KEPT,
    STEPS,
    Fold,
    Folds,
    begin_of,
    fold_in,
    packed,
)
from tests import snapshots

NOW = datetime(2026, 11, 22, 14, 5, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)
NAME = "Outbox: pending"
numbers = st.floats(allow_nan=False, allow_infinity=False)
bounds = st.floats(-(2.0**100), 2.0**100, width=32)


def with_pending(value, moment):
    """A snapshot with that many rows pending in the outbox."""
    made = replace(snapshots.healthy(moment), taken_at=moment)
    pending = replace(made.queues.outbox.pending, value=value)
    outbox = replace(made.queues.outbox, pending=pending)
    return replace(made, queues=replace(made.queues, outbox=outbox))


def kept(step, moment):
    """The fold of NAME, None where there is none."""
    row = FigureRollup.objects.filter(step=step, at=begin_of(step, moment)).first()
    number = FigureName.objects.get(name=NAME).pk
    return Folds(bytes(row.body)).get(number) if row else None


def fold(value, moment, minutes_kept=timedelta(days=30)):
    fold_in(with_pending(value, moment), moment - minutes_kept)


def test_each_step_holds_count_least_most_and_sum(db):
    """Of all that came within it, and of nothing else."""
    for seconds, value in ((0, 4.0), (5, 1.0), (10, 7.0), (60, 100.0)):
        fold(value, NOW + seconds * SECOND)
    assert kept(60, NOW) == Fold(3, 1.0, 7.0, 12.0)
    assert kept(600, NOW) == Fold(4, 1.0, 100.0, 112.0)
    assert kept(60, NOW).mean == 4.0


def test_what_was_folded_in_is_not_folded_in_again(db):
    """A second save, a late writer, or a clock that jumped back change nothing."""
    fold(4.0, NOW)
    fold(9.0, NOW)
    fold(9.0, NOW - 3 * SECOND)
    assert kept(60, NOW) == Fold(1, 4.0, 4.0, 4.0)


@pytest.mark.parametrize("missing", [None, float("nan"), float("inf")])
def test_a_figure_without_a_value_adds_nothing(db, missing):
    """A gap is neither zero nor the value before it."""
    fold(4.0, NOW)
    fold(missing, NOW + SECOND)
    assert kept(60, NOW) == Fold(1, 4.0, 4.0, 4.0)


def test_a_pass_writes_one_row_a_step(db):
    """However many figures a snapshot has."""
    many = len({name for name, _ in key_figures(snapshots.healthy(NOW))})
    fold(4.0, NOW)
    assert FigureRollup.objects.count() == len(STEPS)
    assert FigureName.objects.count() <= many


def test_the_store_folds_in_what_it_saves(db):
    PostgresStore(history_days=1).save(with_pending(4.0, NOW))
    assert kept(28_800, NOW) == Fold(1, 4.0, 4.0, 4.0)


def test_old_steps_are_trimmed(db):
    """Minutes with the minutes, the others after a quarter of a year."""
    fold(4.0, NOW)
    fold(4.0, NOW + timedelta(days=2), minutes_kept=timedelta(days=1))
    assert kept(60, NOW) is None
    assert kept(600, NOW) is not None
    fold(4.0, NOW + KEPT + timedelta(days=1))
    assert FigureRollup.objects.filter(at__lte=NOW).count() == 0


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.integers(1, 2**32 - 1),
        st.builds(Fold, st.integers(1, 2**32 - 1), bounds, bounds, numbers),
        max_size=20,
    )
)
def test_what_is_packed_comes_back(folds):
    """Each number as it was."""
    body = Folds(packed(folds))
    assert body.all() == folds == {number: body.get(number) for number in body}


@pytest.mark.parametrize("body", [b"", b"no zlib", packed({}) + b"more"])
def test_what_is_damaged_is_no_figure(body):
    assert Folds(body).all() == {}
    assert Folds(body).get(1) is None
