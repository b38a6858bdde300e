"""The corpus by tier: lists of (value, secret) that must not leak, and harmless values."""

# ruff: noqa: EM101, EM102, PLW0108, TRY301 - errors and objects made to be cleaned

import dataclasses
import json
import logging
from types import SimpleNamespace

from tests.sanitize.corpus import benign, carriers, evasions
from tests.sanitize.corpus.kinds import EVIDENT, PERSONAL, PLAIN, Dice


def put(template, secret, name=""):
    """The template with its `S` or `N` and `K` filled in, whole words only."""
    marked = _filled(_filled(template, "S", "\x02"), "N", "\x02")
    if name:
        marked = marked.replace("K", name)
    return marked.replace("\x02", secret)


def _filled(text, letter, secret):
    made = []
    for place, char in enumerate(text):
        alone = not (
            text[place - 1 : place].isalpha() or text[place + 1 : place + 2].isalpha()
        )
        made.append(secret if char == letter and alone else char)
    return "".join(made)


def evident(dice):
    """A: tokens that give themselves away, in text."""
    for make in EVIDENT.values():
        for template in dice.sample(carriers.SENTENCES, 6):
            secret = make(dice)
            yield put(template, secret), _core(secret)


def _core(secret):
    """What must not be seen: for an address, its password."""
    if "://" in secret and "@" in secret:
        return secret.partition("://")[2].rpartition("@")[0].rpartition(":")[2]
    if "hooks.slack" in secret:
        return secret.rpartition("/")[2]
    if "secret=" in secret:
        return secret.partition("secret=")[2].partition("&")[0]
    return secret


SHAPES = (
    lambda k, v: {k: v},
    lambda k, v: {"a": {"b": [{"c": {k: v}}]}},
    lambda k, v: [{k: v}, {"ok": 1}],
    lambda k, v: ({"x": 1, k: v},),
    lambda k, v: {"outer": json.dumps({_text(k): v})},
    lambda k, v: {"q": json.dumps(json.dumps({"in": {_text(k): v}}))},
    lambda k, v: [[_text(k), v], ["host", "db"]],
    lambda k, v: {"name": _text(k), "value": v},
    lambda k, v: {"columns": ["id", _text(k)], "rows": [[1, v], [2, v]]},
    lambda k, v: {k: {"nested": v, "list": [v]}},
    lambda k, v: {k: [v, v]},
    lambda k, v: SimpleNamespace(**{_text(k): v}),
    lambda k, v: {
        "env": [{"name": _text(k), "value": v}, {"name": "MODE", "value": "prod"}]
    },
    lambda k, v: {"attributes": [{"key": _text(k), "value": {"stringValue": v}}]},
)


def _text(key):
    return key.decode() if isinstance(key, bytes) else key


def mandatory(dice):
    """B1: the mandatory names in many spellings, over values of any type, in any shape."""
    for name in carriers.MANDATORY:
        for spell in carriers.SPELLINGS:
            secret = dice.choice(
                [dice.password(), str(dice.randrange(10**9, 10**12)), "opensesame"]
            )
            value = int(secret) if secret.isdigit() and dice.random() < 0.5 else secret
            yield dice.choice(SHAPES)(spell(name), value), secret


def keyword_text(dice):
    """B2: names and values in text, headers, commands, SQL, markup."""
    for template in carriers.ASSIGNED:
        for key in dice.sample(carriers.KEYS, 6):
            secret = dice.choice([dice.password, lambda: PLAIN["base62-20"](dice)])()
            yield put(template, secret, key), secret
    for template in carriers.HEADERS:
        for _ in range(3):
            secret = dice.text("abcdefghjkmnpqrstuvwxyzABCDEFGHJK23456789", 14)
            yield put(template, secret), secret


def prose(dice):
    """B3: sentences in several languages."""
    for template in carriers.PROSE:
        for _ in range(4):
            secret = dice.password()
            yield put(template, secret), secret


def hidden(dice):
    """C: tokens and assignments behind encodings, look-alikes and splits."""
    for name, hide in evasions.EVASIONS.items():
        for kind in dice.sample(sorted(EVIDENT), 6):
            secret = _core(EVIDENT[kind](dice))
            if "\n" not in secret and len(secret) > 18:
                yield f"relay said {hide(secret)} today", secret
        secret = dice.password()
        if name not in {
            "letters",
            "spaces",
            "newlines",
            "concat",
            "tags",
            "bold",
            "literal-n",
            "ansi",
        }:
            yield hide(f"password={secret}"), secret


def personal(dice):
    """D: people and payment identifiers."""
    for make in PERSONAL.values():
        for template in dice.sample(carriers.SENTENCES, 8):
            secret = make(dice)
            yield put(template, secret), secret


@dataclasses.dataclass
class Login:
    user: str
    password: str


class Odd:
    def __init__(self, secret):
        self.api_key = secret

    def __repr__(self):
        raise RuntimeError(self.api_key)


class Loud:
    __slots__ = ("password",)

    def __init__(self, secret):
        self.password = secret

    def __str__(self):
        return f"Loud({self.password})"

    __repr__ = __str__


def _chained(secret):
    try:
        try:
            raise KeyError(f"token={secret}")
        except KeyError as error:
            raise ValueError("no answer") from error
    except ValueError as error:
        error.add_note(f"password: {secret}")
        return error


def _record(message, *args, **extra):
    record = logging.LogRecord("ops", 20, "x.py", 1, message, args, None)
    record.__dict__.update(extra)
    return record


OBJECTS = (
    lambda s: Login("ops", s),
    lambda s: Odd(s),
    lambda s: Loud(s),
    lambda s: _chained(s),
    lambda s: ExceptionGroup("several", [_chained(s), ValueError("x")]),
    lambda s: _record("login with password=%s", s),
    lambda s: _record("config %s", {"password": s}),
    lambda s: _record("object %s", Loud(s)),
    lambda s: _record("%(password)s", {"password": s}),
    lambda s: _record("done", api_key=s),
    lambda s: _record("sk-%s", "proj-" + s * 3),
    lambda s: f"password={s}".encode(),
    lambda s: bytearray(f"password={s}".encode("utf-16")),
    lambda s: memoryview(f"secret: {s}".encode()),
    lambda s: {("db", "password"): s},
    lambda s: {b"password": s},
    lambda s: {f"ghp_{s}" + "aB3" * 12: 1},
    lambda s: frozenset([f"password={s}"]),
    lambda s: (part for part in ["password=", s]),
    lambda s: map(str, [s]),
    lambda s: {"headers": [("Authorization", f"Bearer {s}")]},
    lambda s: ["mysql", "-u", "root", f"-p{s}"],
    lambda s: ["login", "--password", s],
    lambda s: ["ghp_aB3cD4eF5gH6iJ7", "kL8mN9oP0qR1sT2uV3" + s],
    lambda s: SimpleNamespace(login=Login("a", s)),
    lambda s: type("Box", (dict,), {})(password=s),
)  # fmt: skip


def objects(dice):
    """E: what Python code throws, logs and passes around."""
    for make in OBJECTS:
        for _ in range(4):
            secret = dice.text("abcdefghjkmnpqrstuvwxyzABCDEFG23456789", 12)
            yield make(secret), secret


def plain(dice):
    """F: tokens of no known prefix, in sentences and under unknown names."""
    for make in PLAIN.values():
        for template in (
            *dice.sample(carriers.SENTENCES, 6),
            "vendorx: S",
            "zeta_thing=S",
        ):
            secret = make(dice)
            yield put(template, secret), secret


TIERS = {
    "self-identifying": evident,
    "mandatory keys": mandatory,
    "keyword text": keyword_text,
    "prose": prose,
    "evasions": hidden,
    "PII and payment ids": personal,
    "Python objects": objects,
    "no known form": plain,
}


def harmless_strings(seed, rounds=30):
    dice = Dice(seed)
    return [form(dice) for _ in range(rounds) for form in benign.FORMS]


def harmless_objects(seed, rounds=20):
    dice = Dice(seed)
    return [form(dice) for _ in range(rounds) for form in benign.OBJECTS]


def cases(seed):
    """Tier -> list of (value, secret)."""
    return {name: list(make(Dice(f"{seed}-{name}"))) for name, make in TIERS.items()}
