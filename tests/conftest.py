"""What every test may rely on."""

import pytest
import redis
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from xdist.scheduler import LoadScopeScheduling

from opspanel.live.desks import start_anew
from opspanel.snapshot import latest

# What takes minutes begins first, so that no worker is left with it at the end.
LONG = (
    "tests/stack/",
    "tests/xss/",
    "tests/wall/test_weeks.py",
    "tests/embedded/",
    "tests/pages/test_week.py",
)
# Files that share servers which take long to start.
TOGETHER = ("tests/stack/",)


class ByFile(LoadScopeScheduling):
    """A file's tests go to one worker, so that what they share is set up once."""

    def _split_scope(self, nodeid):
        path = nodeid.partition("::")[0]
        return next((folder for folder in TOGETHER if path.startswith(folder)), path)


def pytest_xdist_make_scheduler(config, log):
    return ByFile(config, log)


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


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
