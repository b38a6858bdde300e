"""Postgres is killed again and again under writers: what was acknowledged stays.

    python -m bench.crash                 50 kills under 8 writers
    python -m bench.crash --kills 2

Every other kill takes the whole server, the rest one process of it. A writer sends an
act with the same key until it hears that it was done, as a browser does.
"""

import argparse
import hashlib
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

from bench.incidents import until_heard
from bench.own_postgres import OwnPostgres, clients, own_postgres, tell_the_chain

KILLS = 50
WRITERS = 8
# Seconds between two kills: long enough for a few acts, and short enough to hit
# recoveries that have just ended. No two of a round fall at the same moment.
SHORTEST, LONGEST, STEP = 0.1, 1.2, 0.37
DECLARE_EVERY = 10


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--kills", type=int, default=KILLS)
    given = options.parse_args()
    with own_postgres() as server:
        keys = under_writers(server.folder, lambda: kill(server, given.kills))
        print(f"{given.kills} kills, {len(keys)} recordings acknowledged")
        compare(keys)
        tell_the_chain()


def under_writers(folder: Path, trouble: Callable[[], None]) -> list[UUID]:
    """The keys of all that was acknowledged, before, in and after the trouble."""
    end = folder / "end"
    with clients(WRITERS) as pool:
        writers = [pool.submit(write_until, str(end)) for _ in range(WRITERS)]
        try:
            trouble()
        finally:
            end.touch()
        return [key for writer in writers for key in writer.result()]


def kill(server: OwnPostgres, kills: int) -> None:
    for number in range(kills):
        time.sleep(SHORTEST + number * STEP % (LONGEST - SHORTEST))
        if number % 2 == 0:
            server.kill_all()
        else:
            server.kill_one(number)
    time.sleep(LONGEST)


def write_until(end: str) -> list[UUID]:
    """The keys of all that was acknowledged: each for one event."""
    from opspanel.incidents import Draft, Submission, declare, note

    keys: list[UUID] = []
    number = 0
    while not Path(end).exists():
        by = Submission.script("writer", uuid4())
        if len(keys) % DECLARE_EVERY == 0:
            draft = Draft(title="Checkout fails")
            number = until_heard(partial(declare, draft, by)).id
        else:
            until_heard(partial(note, number, f"Looking, {len(keys)}", by))
        keys += [by.client_key] if by.client_key else []
    return keys


def compare(keys: list[UUID]) -> None:
    """Every key has one event, one message and one audit row, and nothing else has."""
    from opspanel.models import AuditEvent, Incident, IncidentEvent, IncidentMessage

    hashes = AuditEvent.objects.filter(result="success").values_list(
        "metadata__idempotency_key_hash", flat=True
    )
    messages = IncidentMessage.objects.values_list("event__client_key", flat=True)
    wanted = Counter(keys)
    assert Counter(IncidentEvent.objects.values_list("client_key", flat=True)) == wanted
    assert Counter(messages) == wanted
    assert Counter(hashes) == Counter(map(audited_as, keys))
    versions = sum(Incident.objects.values_list("version", flat=True))
    assert versions == len(keys)
    print("lost: 0, doubled: 0, in incidents, events, messages and audit rows")


def audited_as(key: UUID) -> str:
    return f"sha256:{hashlib.sha256(key.bytes).hexdigest()}"


if __name__ == "__main__":
    main()
