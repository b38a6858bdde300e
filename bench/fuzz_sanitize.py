"""`python -m bench.fuzz_sanitize --seconds 60`: the sanitizer against mutated corpora.

Takes strings of the corpora, cuts, repeats, joins and encodes them, nests them, and
asks of each result what must always hold. Prints counts, and ends with 1 at a failure,
whose seed is shown: `--seed` runs the same cases again.
"""

import argparse
import json
import random
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from opspanel.sanitize import PLACEHOLDER, reasons, sanitize
from tests.sanitize.corpus import tiers
from tests.sanitize.corpus.kinds import EVIDENT, Dice
from tests.sanitize.corpus.recovery import as_text

PIECES = (
    "password=", "=", ":", '"', "'", "{", "}", "[", "]", "\n", "\r\n", "\t", "\0", "\x1e",
    "\x1f", "%", "%25", "&#", "\\u00", "\\x", "//", "@", "eyJ", "-----BEGIN ", "\u200b",
    "\u202e", "\ud800", "\U0001f511", "é", "пароль", " the token is ", "==", PLACEHOLDER,
)  # fmt: skip
# Those that need no words around them, in full and on a line of their own.
KINDS = sorted(set(EVIDENT) - {"postgres", "redis", "amqp", "otpauth", "slack-hook"})
LONGEST = 20_000
DEEPEST = 12
EVERY_SECONDS = 15


class Broken(Exception):  # noqa: N818 - it is a verdict
    """What did not hold."""


def mutated(text: str, dice: random.Random) -> str:
    for _ in range(dice.randrange(1, 6)):
        text = dice.choice(MUTATIONS)(text, dice)[:LONGEST]
    return text


def _cut(text: str, dice: random.Random) -> str:
    start, end = sorted((dice.randint(0, len(text)), dice.randint(0, len(text))))
    return text[:start] + text[end:]


def _insert(text: str, dice: random.Random) -> str:
    at = dice.randint(0, len(text))
    return text[:at] + dice.choice(PIECES) * dice.choice((1, 1, 1, 3, 40)) + text[at:]


def _swap(text: str, dice: random.Random) -> str:
    at = dice.randint(0, len(text))
    return text[at:] + text[:at]


def _repeat(text: str, dice: random.Random) -> str:
    return text * dice.choice((2, 3, 10))


def _noise(text: str, dice: random.Random) -> str:
    return text + dice.randbytes(dice.randrange(40)).decode("latin-1")


def _case(text: str, dice: random.Random) -> str:
    return dice.choice((str.upper, str.lower, str.swapcase))(text)


MUTATIONS: tuple[Callable[[str, random.Random], str], ...] = (
    _cut, _insert, _insert, _swap, _repeat, _noise, _case,
)  # fmt: skip


def nested(value: Any, dice: random.Random) -> Any:
    for _ in range(dice.randrange(DEEPEST)):
        value = dice.choice(NESTINGS)(value, dice)
    return value


NESTINGS: tuple[Callable[[Any, random.Random], Any], ...] = (
    lambda value, dice: [value, dice.random()],
    lambda value, dice: {dice.choice(PIECES): value, "beside": None},
    lambda value, dice: (value, b"\xff" + dice.randbytes(4)),
    lambda value, _: ValueError(value),
    lambda value, _: {"note": value},
)


def check_text(text: str) -> None:
    once = sanitize(text)
    _hold(isinstance(once, str), "text stays text")
    bound = len(text) + len(PLACEHOLDER) * (once.count(PLACEHOLDER) + 1)
    _hold(len(once) <= bound, "bounded length")
    _hold(sanitize(once) == once, "idempotent")


def check_value(value: Any) -> None:
    once = sanitize(value)
    json.dumps(once, allow_nan=False).encode()
    _hold(sanitize(once) == once, "idempotent in structures")


def check_planted(text: str, dice: random.Random) -> None:
    """A token on a line of its own, whatever stands on the lines around it."""
    secret = EVIDENT[dice.choice(KINDS)](Dice(dice.random()))
    given = nested(f"{text}\n{secret}\n{_cut(text, dice)}", dice)
    _hold(secret not in as_text(sanitize(given)), "planted secret")


def _hold(holds: bool, what: str) -> None:  # noqa: FBT001 - an assertion
    if not holds:
        raise Broken(what)


def attempt(corpus: list[str], dice: random.Random) -> str:
    text = mutated(dice.choice(corpus), dice)
    kind = dice.choice(("text", "bytes", "structure", "planted"))
    if kind == "text":
        check_text(text)
    elif kind == "bytes":
        check_value(text.encode("utf-8", "replace") + dice.randbytes(dice.randrange(9)))
    elif kind == "structure":
        check_value(nested(text, dice))
    else:
        check_planted(text, dice)
    return kind


def strings(seed: str) -> list[str]:
    cases = [case for tier in tiers.cases(seed).values() for case in tier]
    return [
        value for value, _ in cases if isinstance(value, str)
    ] + tiers.harmless_strings(seed)


def run(seconds: float, seed: str) -> tuple[Counter[str], Counter[str], float]:
    """Cases by kind, failures by what did not hold, and the slowest one's seconds."""
    corpus, done, failed, slowest = strings(seed), Counter[str](), Counter[str](), 0.0
    ends, told = time.monotonic() + seconds, time.monotonic()
    while (started := time.monotonic()) < ends:
        number = done.total() + failed.total()
        try:
            done[attempt(corpus, Dice(f"{seed} {number}"))] += 1
        except Broken as broken:
            failed[f"{broken}, case {number}"] += 1
        except Exception as error:  # noqa: BLE001 - none may come, so each is a finding
            failed[f"{type(error).__name__}, case {number}"] += 1
        slowest = max(slowest, time.monotonic() - started)
        if started - told > EVERY_SECONDS:
            told = started
            print(f"{done.total()} cases, {failed.total()} failures", flush=True)
    return done, failed, slowest


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz_sanitize")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", default=secrets.token_hex(4))
    options = parser.parse_args()
    done, failed, slowest = run(options.seconds, options.seed)
    counted = ", ".join(f"{times} {kind}" for kind, times in sorted(done.items()))
    print(f"seed {options.seed}: {counted}; slowest {slowest * 1e3:.0f} ms")
    print(f"closed for: {reasons.counts() or 'nothing'}")
    if failed:
        sys.exit("\n".join(f"{times} x {what}" for what, times in failed.items()))


if __name__ == "__main__":
    main()
