"""Passwords: slow to compute, so computed only for an attempt that is allowed."""

import threading
import unicodedata
from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.http import HttpRequest

from opspanel.access.address import client_network
from opspanel.access.attempts import (
    OF_ACCOUNT,
    OF_ADDRESS,
    TooManyAttemptsError,
    claim,
    give_back,
)
from opspanel.access.local import may_sign_in_here
from opspanel.access.roles import Accounts
from opspanel.models import User

# A flood of sign-ins must leave the processor to those who are already in.
_one_at_a_time = threading.BoundedSemaphore(1)


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id with 46 MiB, which many threads of a small server can afford."""

    time_cost = 2
    memory_cost = 47_104
    parallelism = 1


class PasswordBackend(Accounts):
    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> User | None:
        """The person, or None. Raises TooManyAttemptsError, whoever it may be."""
        if request is None or username is None or password is None:
            return None
        attempts = (
            (OF_ADDRESS, client_network(request)),
            (OF_ACCOUNT, _folded(username)),
        )
        # Claimed when it is its turn: who gives up waiting has used nothing up.
        with _one_at_a_time:
            # The address first: a refused one must not use up the account's attempts.
            if not all(claim(limit, what) for limit, what in attempts):
                raise TooManyAttemptsError
            user = super().authenticate(request, username, password)
        # Asked after the hash, so that time does not tell which account it is.
        if user and not may_sign_in_here(user):
            user = None
        if user:
            for limit, what in attempts:
                give_back(limit, what)
        return user


def _folded(username: str) -> str:
    """One count for all spellings of a name."""
    return unicodedata.normalize("NFKC", username).casefold().strip()
