"""How fast incidents are recorded, and that none is lost or doubled.

    python -m bench.incidents                 16 clients, each act its own commit
    python -m bench.incidents --cut 10000     with 20 % of the replies cut

Starts servers of its own, with a Postgres that really writes to disk at each commit.
"""

import argparse
import os
import time
from collections.abc import Callable
from functools import partial
from uuid import UUID, uuid4

from bench.cutting import CuttingProxy
from bench.own_postgres import (
    CLIENTS,
    OwnPostgres,
    clients,
    own_postgres,
    tell_the_chain,
)

SECONDS = 10
SHARE_CUT = 0.2


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--cut", type=int, default=0)
    options.add_argument("--seconds", type=int, default=SECONDS)
    given = options.parse_args()
    with own_postgres() as server:
        if given.cut:
            record_with_cut_replies(given.cut)
        else:
            record_for(given.seconds, server)
        tell_the_chain()


def record_for(seconds: int, server: OwnPostgres) -> None:
    with clients() as pool:
        list(pool.map(write, [0.2] * CLIENTS))  # every process has begun
        began, before = time.monotonic(), server.cpu_seconds()
        told = list(pool.map(write, [seconds] * CLIENTS))
        taken, behind = time.monotonic() - began, server.cpu_seconds() - before
    count, client = sum(one for one, _ in told), sum(cpu for _, cpu in told)
    print(f"{CLIENTS} clients: {count / taken:.0f} audited recordings/s")
    print(
        f"CPU of each: {client / count * 1000:.2f} ms in the client, "
        f"{behind / count * 1000:.2f} ms in Postgres; "
        f"{(client + behind) / taken:.2f} of {os.cpu_count()} cores at work"
    )


def write(seconds: float) -> tuple[int, float]:
    """Declares an incident, and so many notes in it as go into the time.

    How many acts that were, and the seconds of CPU that they took here.
    """
    from opspanel.incidents import Draft, Submission, declare, note

    number = declare(Draft(title="Checkout fails"), Submission.script("bench")).id
    count, end, began = 0, time.monotonic() + seconds, time.process_time()
    while time.monotonic() < end:
        note(number, f"Looking, {count}", Submission.script("bench", uuid4()))
        count += 1
    return count, time.process_time() - began


def record_with_cut_replies(wanted: int) -> None:
    from django.db import connection

    # The clients are forked: they go where this process would.
    to, shares = connection.settings_dict, [wanted // CLIENTS] * CLIENTS
    port = to["PORT"]
    with CuttingProxy(int(port), SHARE_CUT) as proxy:
        to["PORT"] = proxy.port
        with clients() as pool:
            keys = [key for each in pool.map(insist, shares) for key in each]
        to["PORT"] = port
    print(f"{len(keys)} recorded, {proxy.cut} replies cut")
    lost, doubled = missing_and_doubled(keys)
    print(f"lost: {lost}, doubled: {doubled}")
    assert proxy.cut
    assert not lost
    assert not doubled


def insist(count: int) -> list[UUID]:
    """Records so many incidents, each as often as it takes to hear that it was."""
    from opspanel.incidents import Draft, Submission, declare

    keys = [uuid4() for _ in range(count)]
    for key in keys:
        draft, by = Draft(title="Checkout fails"), Submission.script("bench", key)
        until_heard(partial(declare, draft, by))
    return keys


def until_heard[Heard](act: Callable[[], Heard]) -> Heard:
    """As often as it takes, over a new connection each time."""
    from django.db import DatabaseError, InterfaceError, connection

    from opspanel.incidents import BusyError

    while True:
        try:
            return act()
        except (DatabaseError, InterfaceError, BusyError):
            connection.close()
            time.sleep(0.01)


def missing_and_doubled(keys: list[UUID]) -> tuple[int, int]:
    from opspanel.models import AuditEvent, Incident, IncidentEvent

    stored = Incident.objects.filter(client_key__in=keys).count()
    events = IncidentEvent.objects.filter(type="declared").count()
    acts = AuditEvent.objects.filter(action="incident.declare", result="success")
    return len(keys) - stored, max(events, acts.count()) - len(keys)


if __name__ == "__main__":
    main()
