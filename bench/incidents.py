"""How fast incidents are recorded, and that none is lost or doubled.

    python -m bench.incidents                 16 clients, each act its own commit
    python -m bench.incidents --cut 10000     with 20 % of the replies cut

Starts servers of its own, with a Postgres that really writes to disk at each commit.
"""

import argparse
import os
import shutil
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from bench.audit import prepare, start
from bench.cutting import CuttingProxy
from opspanel.embedded.supervisor import Supervisor

CLIENTS = 16
SECONDS = 10
SHARE_CUT = 0.2


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--cut", type=int, default=0)
    options.add_argument("--seconds", type=int, default=SECONDS)
    given = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="opspanel-bench-"))
    folder.chmod(0o711)  # root runs Postgres as another user, who must get in
    supervisor = Supervisor(folder / "logs", print)
    try:
        start(folder, supervisor)
        if given.cut:
            record_with_cut_replies(given.cut)
        else:
            record_for(given.seconds)
        tell_the_chain()
    finally:
        supervisor.stop()
        shutil.rmtree(folder, ignore_errors=True)


def record_for(seconds: int) -> None:
    with ProcessPoolExecutor(CLIENTS, initializer=prepare) as pool:
        list(pool.map(write, [0.2] * CLIENTS))  # every process has begun
        began = time.monotonic()
        counts = list(pool.map(write, [seconds] * CLIENTS))
    taken = time.monotonic() - began
    print(f"{CLIENTS} clients: {sum(counts) / taken:.0f} audited recordings/s")


def write(seconds: float) -> int:
    """Declares an incident, and so many notes in it as go into the time."""
    from opspanel.incidents import Draft, Submission, declare, note

    number = declare(Draft(title="Checkout fails"), Submission.script("bench")).id
    count, end = 1, time.monotonic() + seconds
    while time.monotonic() < end:
        note(number, f"Looking, {count}", Submission.script("bench", uuid4()))
        count += 1
    return count


def record_with_cut_replies(wanted: int) -> None:
    url = urlsplit(os.environ["DATABASE_URL"])
    with CuttingProxy(url.port or 5432, SHARE_CUT) as proxy:
        through = url._replace(
            netloc=url.netloc.replace(str(url.port), str(proxy.port))
        )
        os.environ["DATABASE_URL"] = through.geturl()
        shares = [wanted // CLIENTS] * CLIENTS
        with ProcessPoolExecutor(CLIENTS, initializer=prepare) as pool:
            keys = [key for each in pool.map(insist, shares) for key in each]
        print(f"{len(keys)} recorded, {proxy.cut} replies cut")
    lost, doubled = missing_and_doubled(keys)
    print(f"lost: {lost}, doubled: {doubled}")
    assert not lost
    assert not doubled


def insist(count: int) -> list[UUID]:
    """Records so many incidents, each as often as it takes to hear that it was."""
    keys = [uuid4() for _ in range(count)]
    for key in keys:
        while not heard(key):
            pass
    return keys


def heard(key: UUID) -> bool:
    from django.db import DatabaseError, InterfaceError, connection

    from opspanel.incidents import Draft, Submission, declare

    try:
        declare(Draft(title="Checkout fails"), Submission.script("bench", key))
    except (DatabaseError, InterfaceError):
        connection.close()
        return False
    return True


def missing_and_doubled(keys: list[UUID]) -> tuple[int, int]:
    from opspanel.models import AuditEvent, Incident, IncidentEvent

    stored = Incident.objects.filter(client_key__in=keys).count()
    events = IncidentEvent.objects.filter(type="declared").count()
    acts = AuditEvent.objects.filter(action="incident.declare", result="success")
    return len(keys) - stored, max(events, acts.count()) - len(keys)


def tell_the_chain() -> None:
    from opspanel.audit.chain import verify

    verdict = verify([])
    print(verdict)
    assert verdict.whole


if __name__ == "__main__":
    main()
