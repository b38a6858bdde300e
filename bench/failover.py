"""Postgres fails over again and again under writers: what was acknowledged stays.

    python -m bench.failover                  20 fail-overs under 8 writers
    python -m bench.failover --failovers 2

A standby confirms each commit before it is acknowledged. The primary is killed whole and
the standby promoted; a new standby is made where the old primary was, and only once it
confirms commits the next fail-over comes. Writers know both places, and use the one that
takes writes.
"""

import argparse
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from bench.crash import WRITERS, compare, under_writers
from bench.own_postgres import OwnPostgres, own_postgres, tell_the_chain
from opspanel.embedded.postgres import binary, postgres, run_as_owner
from opspanel.embedded.program import free_port

FAILOVERS = 20
# Of writing, between a standby that confirms commits and the end of its primary.
SECONDS = 1.0
PATIENCE_SECONDS = 60.0
CONFIRMING = "SELECT FROM pg_stat_replication WHERE sync_state = 'sync'"
NEWEST = "SELECT max(id) FROM ops_incidentevent"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--failovers", type=int, default=FAILOVERS)
    given = options.parse_args()
    gaps: list[float] = []
    with own_postgres() as first:
        pair = Pair(first)
        pair.known_to_writers()

        def trouble() -> None:
            gaps.extend(pair.fail_over() for _ in range(given.failovers))

        keys = under_writers(first.folder, trouble)
        print(
            f"{given.failovers} fail-overs under {WRITERS} writers, {len(keys)} "
            f"recordings acknowledged; no writes for {statistics.median(gaps):.1f} s "
            f"(median), {max(gaps):.1f} s at most"
        )
        compare(keys)
        tell_the_chain()


class Pair:
    """Two places, each with a port and a folder: one has the primary, the other is for
    its standby."""

    def __init__(self, primary: OwnPostgres) -> None:
        self.primary = primary
        self._free = (primary.folder / "other", free_port())

    def known_to_writers(self) -> None:
        """The writers are forked: they go where this process would."""
        from django.db import connection

        ports = [urlsplit(self.primary.superuser).port, self._free[1]]
        connection.settings_dict |= {
            "HOST": "127.0.0.1,127.0.0.1",
            "PORT": ",".join(map(str, ports)),
        }
        connection.settings_dict["OPTIONS"]["target_session_attrs"] = "read-write"

    def fail_over(self) -> float:
        """Seconds from the end of the primary to the first recording in the other."""
        standby = self._standby()
        self._confirm()
        time.sleep(SECONDS)
        ended = time.monotonic()
        self.primary.kill_for_good()
        asked(standby, "SELECT pg_promote(true, 60)")
        before = asked(standby, NEWEST)
        until(lambda: asked(standby, NEWEST) != before)
        gap = time.monotonic() - ended
        old, self.primary = self.primary, standby
        self._free = (place_of(old), urlsplit(old.superuser).port or 0)
        return gap

    def _standby(self) -> OwnPostgres:
        folder, port = self._free
        shutil.rmtree(folder / "data", ignore_errors=True)
        copy(self.primary.superuser, folder)
        parts = urlsplit(self.primary.superuser)
        server = postgres(folder, parts.password or "", port=port)
        program = replace(server.program, name=folder.name)
        address = urlunsplit(parts._replace(netloc=urlsplit(server.url("x")).netloc))
        made = replace(self.primary, program=program, superuser=address)
        made.start()
        return made

    def _confirm(self) -> None:
        """Returns when the standby has all that was written, and will have the rest."""
        change = "ALTER SYSTEM SET synchronous_standby_names = '*'"
        asked(self.primary, change)
        asked(self.primary, "SELECT pg_reload_conf()")
        until(lambda: asked(self.primary, f"SELECT EXISTS ({CONFIRMING})"))
        # A commit of our own waits for all before it.
        asked(self.primary, "SELECT pg_logical_emit_message(true, 'bench', '')")


def copy(primary: str, folder: Path) -> None:
    """A standby's data, which will follow `primary`."""
    owner = run_as_owner(folder)
    told = ("--dbname", primary, "--pgdata", str(folder / "data"))
    how = ("--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast")
    command = [*owner, str(binary("pg_basebackup")), *told, *how]
    subprocess.run(command, check=True, capture_output=True)


def place_of(server: OwnPostgres) -> Path:
    return server.folder / server.program.name


def asked(server: OwnPostgres, query: str) -> object:
    """The first value, if there is one."""
    with psycopg.connect(server.superuser, autocommit=True) as connection:
        cursor = connection.execute(query)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def until(holds: Callable[[], object]) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < ends, "it took too long"
        time.sleep(0.02)


if __name__ == "__main__":
    main()
