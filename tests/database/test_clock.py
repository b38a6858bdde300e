"""What time it is for a web process, by the database's clock."""

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from opspanel.database.clock import DatabaseClock

pytestmark = pytest.mark.django_db


class Host:
    """Its clock is wrong by so many seconds; `passed`: seconds since it was started."""

    def __init__(self, wrong=0.0):
        self.wrong = wrong
        self.passed = self.pause = 0.0
        self.began = timezone.now().timestamp()
        self.clock = DatabaseClock(self.wall, self.steady)

    def wall(self):
        return self.began + self.wrong + self.passed

    def steady(self):
        """It is paused for so long between each two looks at it."""
        self.passed += self.pause
        return self.passed

    def off(self):
        """Seconds by which what pages take for now differs from the host's own time."""
        return (self.clock.now() - timezone.now()).total_seconds()


@pytest.mark.parametrize("wrong", [600.0, -600.0])
def test_a_wrong_clock_is_set_off_against_the_databases(wrong):
    assert Host(wrong).off() == pytest.approx(-wrong, abs=5)


def test_the_way_of_a_statement_is_no_difference():
    """Times of one process stay comparable with each other to the millisecond."""
    assert Host().off() == pytest.approx(0, abs=0.5)


def test_it_is_measured_once_in_ten_minutes():
    host = Host()
    host.off()
    with CaptureQueriesContext(connection) as statements:
        for _ in range(590):
            host.passed += 1
            host.clock.follow()
        assert len(statements) == 0
        host.passed += 20
        host.clock.follow()
    assert len(statements) == 1


def test_where_nobody_follows_it_is_measured_once_in_an_hour():
    host = Host()
    host.off()
    with CaptureQueriesContext(connection) as statements:
        host.passed += 3590
        host.off()
        assert len(statements) == 0
        host.passed += 20
        host.off()
    assert len(statements) == 1


@pytest.mark.parametrize("leap", [-600.0, 3600.0])
def test_a_clock_that_is_set_anew_changes_nothing(leap):
    """Not even while the database is away: time passes by the steady clock."""
    host = Host()
    host.off()
    host.wrong = leap
    assert host.off() == pytest.approx(-leap, abs=5)


def test_a_host_that_was_paused_meanwhile_has_measured_nothing():
    host = Host(600.0)
    host.pause = 2.0
    assert host.off() == pytest.approx(0, abs=0.5)
    host.pause, host.passed = 0.0, host.passed + 5
    assert host.off() == pytest.approx(-600, abs=60)


def away(*_):
    raise OperationalError


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_without_the_database_it_is_the_hosts_own_time_and_asked_again():
    host = Host(600.0)
    with connection.execute_wrapper(away):
        assert host.off() == pytest.approx(0, abs=0.5)
    assert host.off() == pytest.approx(0, abs=0.5)
    host.passed += 5
    assert host.off() == pytest.approx(-600, abs=60)
