"""`python -m bench.sanitize [seed]`: recall, harm and cost of the sanitizer and of peers.

Peers run where they can be imported and are left out elsewhere. They search source code
or scrub events by key, which is not all of what is asked here: the table says how far
each would get at this job, not how good it is at its own.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench.sanitize_peers import peers
from opspanel.sanitize import sanitize
from tests.sanitize.blind import cases as blind
from tests.sanitize.corpus import benign, report, tiers
from tests.sanitize.corpus.kinds import BASE62, EVIDENT, HEX, Dice

type Sanitizer = Callable[[Any], Any]
_HOSTILE = (
    "a",
    "password=",
    "%41",
    '"',
    '{"a":',
    "\u0430",
    "eyJ.",
    "password,a\n",
    "http://a:b",
    "12,",
)


def clean_record(dice: Dice) -> dict[str, Any]:
    """About 1 KB of what a healthy platform logs."""
    return {
        "at": "2026-03-04T05:06:07Z",
        "level": "info",
        "logger": "opspanel.collect",
        "service": dice.choice(benign.SERVICES),
        "message": f"collected {dice.randrange(9)} sources in {dice.randrange(99)} ms",
        "trace_id": dice.text(HEX, 32),
        "correlation_id": benign.uid(dice),
        "pod": benign.pod(dice),
        "node": "ip-10-0-12-34.ec2.internal",
        "http": {
            "method": "GET",
            "route": "/admin/ops/overview",
            "status": 200,
            "ms": 12.5,
        },
        "queues": [{"name": "BILLING", "depth": 12}, {"name": "DLQ", "depth": 0}],
        "note": "all replicas current and no lag seen at the leader, " * 10,
    }


def record_with_secrets(dice: Dice) -> dict[str, Any]:
    bearer = f"Bearer {dice.text(BASE62, 32)}"
    return clean_record(dice) | {
        "user_password": dice.password(),
        "headers": {"Authorization": bearer, "Accept": "*/*"},
        "error": f"connect failed: {EVIDENT['postgres'](dice)}",
    }


def microseconds(
    sanitizer: Sanitizer, make: Callable[[Dice], Any]
) -> tuple[float, float]:
    """Median and 99th percentile of processor time, each value seen once."""
    values = [make(Dice(f"cost {number}")) for number in range(1200)]
    taken = sorted(_spent(sanitizer, value) * 1e6 for value in values)
    return statistics.median(taken), taken[int(len(taken) * 0.99)]


def _spent(sanitizer: Sanitizer, value: Any) -> float:
    started = time.process_time_ns()
    sanitizer(value)
    return (time.process_time_ns() - started) / 1e9


def copied(value: Any) -> Any:
    """What no sanitizer can do without: a walk that copies the structure."""
    if type(value) is dict:
        return {key: copied(inner) for key, inner in value.items()}
    return [copied(inner) for inner in value] if type(value) is list else value


def worst(sanitizer: Sanitizer, size: int) -> float:
    """Milliseconds for the hostile text of this size that takes longest."""
    return max(_spent(sanitizer, unit * (size // len(unit))) for unit in _HOSTILE) * 1e3


def rows(sanitizer: Sanitizer, seed: str) -> Iterator[tuple[str, str]]:
    for name, recall in report.recalls(tiers.cases(seed), sanitizer).items():
        yield name, f"{recall:.3f}"
    unseen = [case for tier in blind.cases(seed).values() for case in tier]
    missed = report.missed(unseen, sanitizer)
    yield "second corpus", f"{1 - len(missed) / len(unseen):.3f}"
    strings, objects = tiers.harmless_strings(seed), tiers.harmless_objects(seed)
    yield (
        "strings harmed",
        f"{len(report.harmed(strings, sanitizer)) / len(strings):.2%}",
    )
    yield (
        "objects harmed",
        f"{len(report.harmed(objects, sanitizer)) / len(objects):.2%}",
    )
    for name, make in (
        ("1 KB clean", clean_record),
        ("1 KB with secrets", record_with_secrets),
    ):
        median, p99 = microseconds(sanitizer, make)
        yield f"{name}, us", f"{median:.0f} / {p99:.0f}"


def _hostile_rows() -> Iterator[tuple[str, str]]:
    for size in (8192, 65536):
        yield f"hostile {size // 1024} KB, ms", f"{worst(sanitize, size):.0f}"


def _yardsticks() -> Iterator[tuple[str, str]]:
    """How fast this machine is just now: a busy one doubles every cost above."""
    for name, yardstick in (("bare copy", copied), ("json.dumps", json.dumps)):
        median, p99 = microseconds(yardstick, clean_record)
        yield f"{name} of clean, us", f"{median:.0f} / {p99:.0f}"


def main() -> None:
    seed = (
        sys.argv[1]
        if len(sys.argv) > 1
        else str(random.SystemRandom().randrange(10**9))
    )
    named = {"opspanel": sanitize} | peers()
    print(f"seed {seed}; median / p99 of processor time, each value seen once")
    columns = {name: dict(rows(s, seed)) for name, s in named.items()}
    print(f"{'':24}" + "".join(f"{name:>18}" for name in columns))
    for row in columns["opspanel"]:
        print(
            f"{row:24}" + "".join(f"{column[row]:>18}" for column in columns.values())
        )
    for row, figure in (*_hostile_rows(), *_yardsticks()):
        print(f"{row:24}{figure:>18}")


if __name__ == "__main__":
    main()
