"""What every test may rely on."""

import pytest
import redis
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from xdist.scheduler import LoadScopeScheduling

from opspanel.live.desks import start_anew
from opspanel.snapshot import latest
from tests.own_postgres import own_postgres

__all__ = ["own_postgres"]

# What shares servers that take long to start, and needs no database of the tests: those
# that empty it must stay behind those that do not, so no other tests are kept together.
TOGETHER = (
    "tests/stack/",
    "tests/slos/",
    "tests/embedded/test_up.py",
    "tests/deploy/",
    "tests/telemetry/test_end_to_end.py",
)


class Together(LoadScopeScheduling):
    """Tests are dealt out one by one, but for those that belong together."""

    def _split_scope(self, nodeid):
        return next((each for each in TOGETHER if nodeid.startswith(each)), nodeid)


def pytest_xdist_make_scheduler(config, log):
    return Together(config, log)


@pytest.fixture(scope="session", autouse=True)
def static_files(tmp_path_factory):
    """Static files as production serves them: hashed, from their own folder."""
    settings.STATIC_ROOT = str(tmp_path_factory.mktemp("static"))
    call_command("collectstatic", verbosity=0, interactive=False)


@pytest.fixture(scope="session", autouse=True)
def own_redis(worker_id):
    """Each test process has a numbered Redis database of its own."""
    if settings.REDIS_URL is None:  # with --no-servers
        return
    number = 0 if worker_id == "master" else int(worker_id.removeprefix("gw")) + 1
    base = settings.REDIS_URL.rpartition("/")[0]
    settings.REDIS_URL = f"{base}/{number}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """A database that can be emptied: tests with real commits end with TRUNCATE, which
    incidents refuse. All else that they refuse stays refused."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in ("ops_incident", "ops_incidentevent"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER keep_all")


@pytest.fixture
def no_snapshots(db):
    """Empty stores, and a web process that has read nothing yet."""
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    latest.configured_stores.cache_clear()
    start_anew()
    yield
    start_anew()


def pytest_terminal_summary(terminalreporter):
    """Figures that tests measured on their way: told, never judged."""
    for report in terminalreporter.stats.get("passed", []):
        told = ", ".join(f"{name} {value}" for name, value in report.user_properties)
        if told:
            terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {told}")
