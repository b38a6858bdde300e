"""What time it is for a web process, by the database's clock."""

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from opspanel.database.clock import DatabaseClock

pytestmark = pytest.mark.django_db


class Host:
    """Its clock is wrong by so many seconds, and its steady one stops while it sleeps."""

    def __init__(self, wrong=0.0):
        self.wrong = wrong
        self.steady = 0.0
        self.clock = DatabaseClock(self.wall, lambda: self.steady)

    def wall(self):
        return timezone.now().timestamp() + self.wrong + self.steady

    def off(self):
        """Seconds by which what pages take for now differs from what the host's own
        clock, had it been right, would say."""
        return (self.clock.now() - timezone.now()).total_seconds()


@pytest.mark.parametrize("wrong", [600.0, -600.0])
def test_a_wrong_clock_is_set_off_against_the_databases(wrong):
    assert Host(wrong).off() == pytest.approx(-wrong, abs=2)


def test_the_way_of_a_statement_is_no_difference():
    """Times of one process stay comparable with each other to the millisecond."""
    assert Host().off() == pytest.approx(0, abs=0.5)


def test_it_is_measured_once_in_ten_minutes():
    host = Host()
    host.off()
    with CaptureQueriesContext(connection) as statements:
        for _ in range(590):
            host.steady += 1
            host.clock.follow()
        assert len(statements) == 0
        host.steady += 20
        host.clock.follow()
    assert len(statements) == 1


@pytest.mark.parametrize("leap", [-600.0, 3600.0], ids=["set back", "after a sleep"])
def test_a_clock_that_leaps_is_measured_anew(leap):
    host = Host()
    host.off()
    host.wrong = leap
    host.clock.follow()
    assert host.off() == pytest.approx(-leap, abs=2)


@pytest.mark.parametrize("wrong", [0.0, 600.0])
def test_without_the_database_what_was_measured_stays(wrong):
    """And a process that could never ask takes its own host's time."""
    host, blind = Host(wrong), Host(wrong)
    host.off()

    def away(*_):
        raise OperationalError

    with connection.execute_wrapper(away):
        host.wrong += 3600
        host.clock.follow()
        assert host.off() == pytest.approx(-wrong, abs=2)
        assert blind.off() == pytest.approx(0, abs=0.5)
