"""The panel's own database and cache."""

from collections.abc import Iterator

import redis
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from opspanel.doctor.finding import Finding, fail, failed, note, ok
from opspanel.terms import FailureKind

_OLDEST_POSTGRES = 150_000


def examine(redis_url: str | None) -> Iterator[Finding]:
    yield from _postgres()
    yield from _redis(redis_url)


def _postgres() -> Iterator[Finding]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            version = int(cursor.fetchone()[0])
        executor = MigrationExecutor(connection)
    except Error:
        yield failed("panel database", FailureKind.REFUSED)
        return
    if version < _OLDEST_POSTGRES:
        yield fail("panel database", "is too old.", "use Postgres 15 or newer")
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield fail("panel database", "migrations are due.", "run manage.py migrate")
    else:
        yield ok("panel database", f"Postgres {version // 10_000}, migrations applied.")


def _redis(url: str | None) -> Iterator[Finding]:
    if url is None:
        yield failed("redis", FailureKind.UNCONFIGURED)
        return
    client = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
    try:
        facts = client.info()
    except redis.AuthenticationError:
        yield failed("redis", FailureKind.AUTH)
        return
    except redis.RedisError:
        yield failed("redis", FailureKind.REFUSED)
        return
    yield ok("redis", f"answers, version {facts.get('redis_version', 'unknown')}.")
    if "allkeys" in str(facts.get("maxmemory_policy")):
        text = "may evict tasks and snapshots when memory is short."
        yield note("redis", text, "set maxmemory-policy noeviction")
