"""Looks for secrets in anything, in every form that a reader could turn back."""

import base64
import html
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from urllib.parse import quote, unquote_to_bytes

import psycopg
import redis
from psycopg import sql

# This much of a secret is a leak: a cut one tells as much.
TELLING = 14
ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")


def parts(secret: str) -> Iterator[str]:
    yield secret
    for start in range(len(secret) - TELLING):
        yield secret[start : start + TELLING]


def forms(part: str) -> Iterator[bytes]:
    """As itself, backwards, in hex, in percent, and in base64 at any place of a text."""
    raw = part.encode()
    yield from (raw, raw[::-1], raw.hex().encode(), quote(part, safe="").encode())
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + raw)
        core = whole[-(-8 * shift // 6) : 8 * (shift + len(raw)) // 6]
        yield from (core, core.translate(bytes.maketrans(b"+/", b"-_")))


def readings(found: bytes) -> Iterator[bytes]:
    yield found
    yield unquote_to_bytes(found)
    text = found.decode("utf-8", "replace")
    yield html.unescape(text).encode()
    unescaped = ESCAPE.sub(lambda hit: chr(int(hit[1] or hit[2], 16)), text)
    yield unescaped.encode("utf-8", "replace")


def shown(secrets: dict[str, str], found: bytes) -> list[str]:
    """Names of the secrets of which a telling part is in these bytes."""
    texts = [reading.lower() for reading in readings(found)]
    return [
        name
        for name, secret in secrets.items()
        if any(
            form.lower() in text
            for part in parts(secret)
            for form in forms(part)
            for text in texts
        )
    ]


def everything_in_redis(url: str) -> Iterator[bytes]:
    client = redis.Redis.from_url(url)
    read = {
        b"string": client.get,
        b"hash": client.hgetall,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"set": client.smembers,
        b"zset": lambda key: client.zrange(key, 0, -1),
        b"stream": client.xrange,
    }
    for key in client.scan_iter():
        kind = client.type(key)
        yield key
        if kind != b"none":  # it went in the meantime
            yield from leaves(read[kind](key))


def everything_in_postgres(url: str) -> Iterator[bytes]:
    """Every column of every row of the role's own tables, unpacked."""
    with psycopg.connect(url, autocommit=True) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        for (name,) in tables:
            query = sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))
            for row in connection.execute(query):
                yield from leaves(row)


def leaves(value: object) -> Iterator[bytes]:
    if isinstance(value, bytes | bytearray | memoryview):
        yield unpacked(bytes(value))
    elif isinstance(value, dict):
        yield from leaves([*value, *value.values()])
    elif isinstance(value, Iterable) and not isinstance(value, str):
        for inner in value:
            yield from leaves(inner)
    else:
        yield str(value).encode()


def unpacked(raw: bytes) -> bytes:
    try:
        return zlib.decompress(raw)
    except zlib.error:
        return raw


def leaked_secrets(listed: str) -> dict[str, str]:
    """What `leaked.json` lists: each by its secret part, for a part of an address or
    of mark-up may be shown."""
    secrets = json.loads(listed)
    lines = secrets.pop("private_key").splitlines()
    del secrets["dsn"], secrets["markup"]  # the password and the token within them
    return secrets | {
        "private key": lines[1],
        "e-mail without dots": secrets["email"].replace(".", "_"),
    }
