"""How fast acts are written down and the trail is verified; and a million documents.

    python -m bench.audit                        16 clients, each act its own commit
    python -m bench.audit --documents 1000000    random metadata, Python and Postgres

Starts servers of its own, with a Postgres that really writes to disk at each commit.
"""

import argparse
import json
import time

from bench.own_postgres import CLIENTS, clients, own_postgres

SECONDS = 10
CHUNK = 500


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--documents", type=int, default=0)
    options.add_argument("--seconds", type=int, default=SECONDS)
    given = options.parse_args()
    with own_postgres():
        if given.documents:
            check_documents(given.documents)
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


def check_documents(wanted: int) -> None:
    from hypothesis import HealthCheck, Phase, given, seed, settings

    from tests.audit.documents import documents

    plain = settings(
        max_examples=CHUNK,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    legal = total = 0
    # In chunks: the generator remembers all that it made.
    while total < wanted:
        verdicts: list[bool] = []

        @seed(total)
        @plain
        @given(documents)
        def chunk(metadata: dict[str, object]) -> None:
            verdicts.append(check(metadata))  # noqa: B023 - called below, at once

        chunk()
        total += len(verdicts)
        legal += sum(verdicts)
        if total % (CHUNK * 20) < CHUNK:
            print(f"{total} documents, {legal} legal: all judged alike", flush=True)
    print(f"{total} documents, {legal} legal: all judged alike")


def check(metadata: dict[str, object]) -> bool:
    """Python, Postgres and the judge agree, or this raises."""
    from opspanel.audit.allowlist import MetadataRefusedError, document
    from tests.audit.documents import is_legal
    from tests.audit.postgres import stored

    expected = is_legal(metadata)
    try:
        cleaned = document(metadata)  # type: ignore[arg-type]
    except MetadataRefusedError:
        assert not expected, metadata
    else:
        assert expected, metadata
        assert stored(cleaned) is not None, metadata
    assert (stored(json.dumps(metadata)) is not None) == expected, metadata
    return expected


if __name__ == "__main__":
    main()
