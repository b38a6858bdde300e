"""Random metadata by the million: does each wall judge it rightly, and quote none of it?

Each document goes through `opspanel.audit.allowlist`, and past it by the trail's own
INSERT, by a role with the rights that `manage.py audit grants` prints; the judge of the
tests says what should come of it. A word that nothing else holds stands in its values: it
may be in no exception, no record of a logger, and no line of the server's log.
"""

import json
import logging
import random
import secrets
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psycopg
from psycopg import sql

from bench.own_postgres import OwnPostgres, clients
from bench.random_metadata import WORD, Document, document
from tests.audit.documents import is_legal

AT_ONCE = 2
CHUNK = 5_000
BLOCK = 1 << 20  # bytes of the server's log that are looked through at a time


def check_documents(wanted: int, server: OwnPostgres) -> None:
    """Prints what was judged. Raises at the first document that was judged wrongly."""
    seed = secrets.token_hex(4)
    chunks = [(seed, first) for first in range(0, wanted, CHUNK)]
    judged: Counter[str] = Counter()
    act_as_the_panels_role(server.superuser)
    with clients(AT_ONCE) as pool:
        for number, found in enumerate(pool.map(check_chunk, chunks), 1):
            judged += found
            if number % 10 == 0:
                print(f"{number * CHUNK}: {dict(judged)}", flush=True)
    assert rows() == judged["stored"], (rows(), judged)
    read = look_through(server.folder / "logs" / "postgres.log")
    legal, illegal = judged["legal"], judged["illegal"]
    print(f"{legal + illegal} documents (seed {seed}), {legal} legal: all stored;")
    print(f"{illegal} illegal: all refused by Python, all by Postgres, none stored;")
    print(f"no value of any in an exception, a logger, or {read:,} bytes of log")


def act_as_the_panels_role(superuser: str) -> None:
    """From here on, in this process and in those that it forks."""
    from django.db import connection

    from opspanel.audit.grants import grants

    password = secrets.token_hex(16)
    role = sql.SQL("CREATE ROLE panel LOGIN PASSWORD {}").format(password)
    with psycopg.connect(superuser, autocommit=True) as server:
        server.execute(role)
        server.execute(grants("panel"))
    connection.close()
    connection.settings_dict.update(USER="panel", PASSWORD=password)


def check_chunk(chunk: tuple[str, int]) -> Counter[str]:
    dice = random.Random(str(chunk))  # noqa: S311 - to repeat it
    judged: Counter[str] = Counter()
    write_to_no_disk()
    with nothing_told():
        for _ in range(CHUNK):
            check(document(dice), judged)
    return judged


def write_to_no_disk() -> None:
    """What is asked here is asked of the rules, not of the disk."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")


def check(metadata: Document, judged: Counter[str]) -> None:
    from opspanel.audit import allowlist

    if is_legal(metadata):
        judged["legal"] += 1
        # Once as it is and once as it was cleaned, where that is not the same.
        as_it_is = json.dumps(metadata, ensure_ascii=False)
        for text in {as_it_is, allowlist.document(metadata)}:
            append(text)
            judged["stored"] += 1
    else:
        judged["illegal"] += 1
        past_python = partial(append, json.dumps(metadata))
        for act in (partial(allowlist.document, metadata), past_python):
            assert WORD not in refusal_of(act), metadata


def refusal_of(act: Callable[[], object]) -> str:
    """What its exception says. Behind it there is none that could say more."""
    from opspanel.audit import AuditError

    refused = None
    try:
        act()
    except AuditError as error:
        refused = error
    assert refused is not None, act
    assert refused.__cause__ is refused.__context__ is None, act
    return f"{refused} {refused!r}"


def append(text: str) -> None:
    """As the panel does: a row whose metadata is this text."""
    from django.db import connection

    from opspanel.audit import Actor, Result, Target, store
    from opspanel.audit.event import Event

    actor = Actor(None, "x", "x")
    event = Event("test.act", Target("test"), actor, Result.SUCCESS, text)
    store.append(event, connection)


class nothing_told(logging.Handler):  # noqa: N801 - a context manager
    """Listens to all loggers. Raises at its end if one said the word."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if WORD in self.format(record):
            self.told.append(record.name)

    def __enter__(self) -> None:
        logging.getLogger().addHandler(self)

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)
        assert not self.told, self.told


def rows() -> int:
    from opspanel.models import AuditEvent

    return AuditEvent.objects.count()


def look_through(path: Path) -> int:
    """How many bytes it has. Raises if the word is among them."""
    word, size, end = WORD.encode(), 0, b""
    with path.open("rb") as log:
        while block := log.read(BLOCK):
            assert word not in end + block, path
            size, end = size + len(block), block[-len(word) :]
    assert size > 0
    return size
