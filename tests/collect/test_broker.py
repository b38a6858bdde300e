"""A queue that is away, as workers and the scheduler ask for it."""

import pytest
from kombu.exceptions import OperationalError

from opspanel.celery import app
from opspanel.embedded.program import free_port


def test_a_lost_queue_is_asked_for_each_second_however_long_it_is_away():
    """Its fifth absence in a row costs no longer pause than its first."""
    pauses = []
    away = app.connection_for_read(f"redis://127.0.0.1:{free_port()}/0")
    with pytest.raises(OperationalError):
        away.ensure_connection(lambda _, pause: pauses.append(pause), max_retries=4)
    assert len(pauses) == 4
    assert max(pauses) <= 1


def test_a_worker_never_stops_asking():
    assert app.conf.broker_connection_max_retries is None
