"""A slot runs once, whoever asks and how often."""

import threading

import pytest
from django.db import connection

from opspanel import slots
from opspanel.models import CollectionSlot
from tests.benches import ended

LONG = 3600.0


@pytest.mark.django_db
def test_a_slot_is_given_once():
    """The second to ask for the same interval gets nothing."""
    assert slots.claim("collect", LONG) is not None
    assert slots.claim("collect", LONG) is None


@pytest.mark.django_db
def test_jobs_do_not_take_each_others_slots():
    """Two jobs of the same interval both run."""
    assert slots.claim("collect", LONG) is not None
    assert slots.claim("trim", LONG) is not None


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_many_schedulers_at_once_make_one_run():
    """Sixteen claims at the same moment, one wins."""
    won = []

    def ask():
        slot = slots.claim("collect", LONG)
        if slot is not None:
            won.append(slot)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert CollectionSlot.objects.count() == 1


def test_no_slot_runs_twice_while_schedulers_and_workers_die():
    """Three real beats, one ahead and one behind, two workers; the queue is emptied and
    processes are killed meanwhile. (`make soak` has 10,000 slots.)"""
    bench = ended("bench.slots", "--slots", "16", "--seconds", "0.5")
    assert " 0 run twice" in bench.stdout, bench.stderr[-2000:]
