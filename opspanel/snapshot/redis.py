"""The latest snapshot in Redis: what pages read. Never the only copy."""

import secrets
from datetime import datetime

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from opspanel.snapshot.codec import from_json, to_json
from opspanel.snapshot.schema import SCHEMA, Snapshot
from opspanel.snapshot.store import StoreUnavailableError
from opspanel.terms import Silence

# A page must not wait for a hung Redis: Postgres holds the same snapshot.
_TIMEOUT_SECONDS = 0.3
# A list that Celery keeps under the name of its queue.
_QUEUE = "collect"
_PROBE = "opspanel:takes-writes"
_RUNG = "opspanel:incidents:rung"

# A late writer must not put an older snapshot over a newer one.
_SAVE = """
local kept = redis.call('HGET', KEYS[1], 'taken_at')
if kept and (tonumber(kept) or 0) > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'taken_at', ARGV[1], 'body', ARGV[2])
return 1
"""


def _client_of(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url,
        socket_timeout=_TIMEOUT_SECONDS,
        socket_connect_timeout=_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 1),
        health_check_interval=0,
    )


class RedisStore:
    name = "Redis"
    costs_statements = False

    def __init__(self, url: str, prefix: str = "opspanel") -> None:
        self._client = _client_of(url)
        self._key = f"{prefix}:snapshot:{SCHEMA}"
        self._save = self._client.register_script(_SAVE)

    def save(self, snapshot: Snapshot) -> None:
        taken_at = repr(snapshot.taken_at.timestamp())
        try:
            self._save(keys=[self._key], args=[taken_at, to_json(snapshot)])
        except redis.RedisError:
            raise StoreUnavailableError from None

    def newest(self, than: datetime | None = None) -> Snapshot | None:
        try:
            taken_at = self._client.hget(self._key, "taken_at")
            if taken_at is None or (than and float(taken_at) <= than.timestamp()):
                return None
            body = self._client.hget(self._key, "body")
        except (redis.RedisError, ValueError):
            raise StoreUnavailableError from None
        return from_json(body) if isinstance(body, bytes) else None


class PassQueue:
    """Where the scheduler puts each pass, and a worker takes it out."""

    def __init__(self, url: str) -> None:
        self._client = _client_of(url)

    def why_silent(self) -> Silence:
        """What to look at first where nothing new is collected."""
        try:
            self._client.set(_PROBE, "", px=1)
            waiting = self._client.llen(_QUEUE)
        except redis.ResponseError:
            return Silence.FULL_QUEUE
        except redis.RedisError:
            return Silence.QUEUE
        return Silence.WORKER if waiting else Silence.SCHEDULER


class Rope:
    """Of the bell that is rung when somebody acted on an incident: a word that says
    nothing, another one after each act."""

    def __init__(self, url: str) -> None:
        self._client = _client_of(url)

    def pull(self) -> None:
        try:
            self._client.set(_RUNG, secrets.token_hex(8))
        except redis.RedisError:
            raise StoreUnavailableError from None

    def word(self) -> bytes:
        """Empty where nobody pulled yet."""
        try:
            found = self._client.get(_RUNG)
        except redis.RedisError:
            raise StoreUnavailableError from None
        return found if isinstance(found, bytes) else b""
