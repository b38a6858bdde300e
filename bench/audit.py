"""How fast acts are written down and the trail is verified; and a million documents.

    python -m bench.audit                        16 clients, each act its own commit
    python -m bench.audit --documents 1000000    random metadata, Python and Postgres

Starts servers of its own, with a Postgres that really writes to disk at each commit.
"""

import argparse
import time

from bench.documents import check_documents
from bench.own_postgres import CLIENTS, clients, own_postgres

SECONDS = 10


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--documents", type=int, default=0)
    options.add_argument("--seconds", type=int, default=SECONDS)
    given = options.parse_args()
    with own_postgres() as server:
        if given.documents:
            check_documents(given.documents, server)
        else:
            write_and_verify(given.seconds)


def write_and_verify(seconds: int) -> None:
    with clients() as pool:
        list(pool.map(write, [0.2] * CLIENTS))  # every process has begun
        began = time.monotonic()
        counts = list(pool.map(write, [seconds] * CLIENTS))
    taken = time.monotonic() - began
    print(f"{CLIENTS} clients: {sum(counts) / taken:.0f} audited commits/s")
    from opspanel.audit.chain import verify

    began = time.monotonic()
    verdict = verify([])
    print(f"{verdict}, verified in {time.monotonic() - began:.2f} s")


def write(seconds: float) -> int:
    from opspanel.audit import Target, audited, record

    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        with audited():
            record("test.act", Target("node", f"n{count}"), metadata={"reason": "load"})
        count += 1
    return count


if __name__ == "__main__":
    main()
