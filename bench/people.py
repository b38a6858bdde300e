"""Prints the keys of many sessions, each of a viewer of its own who has signed in, and
after them the tokens of screens that were approved.

python -m bench.people COUNT [SCREENS]
"""

import secrets
import sys
import time
from datetime import timedelta
from typing import Any

import django

from opspanel import env


def main() -> None:
    env.use_these_settings()
    django.setup()
    people, walls = map(int, [*sys.argv[1:], "0"][:2])
    print(*sessions_of_people(people), *tokens_of_screens(walls), sep="\n")


def sessions_of_people(count: int) -> list[str]:
    from django.contrib.auth.models import Group
    from django.utils import timezone

    from opspanel.access.session_store import SessionStore
    from opspanel.models import Session, User

    run = secrets.token_hex(4)
    users = User.objects.bulk_create(
        User(username=f"{run}-{n}", password=f"!{run}{n}") for n in range(count)
    )
    membership = User.groups.through
    viewers = Group.objects.get(name="viewer")
    membership.objects.bulk_create(
        membership(user=user, group=viewers) for user in users
    )
    store, ends = SessionStore(), timezone.now() + timedelta(hours=12)
    rows = [
        Session(
            session_key=secrets.token_hex(16),
            session_data=store.encode(_marks(user)),
            expire_date=ends,
            user_id=user.pk,
        )
        for user in users
    ]
    Session.objects.bulk_create(rows)
    return [row.session_key for row in rows]


def tokens_of_screens(count: int) -> list[str]:
    from django.utils import timezone

    from opspanel.access.screens import LONGEST, issue
    from opspanel.models import Screen

    now = timezone.now()
    made = [
        Screen.objects.create(
            name=f"Wall {n}", boards=4, approved_at=now, expires_at=now + LONGEST
        )
        for n in range(count)
    ]
    return [issue(screen, now) for screen in made]


def _marks(user: Any) -> dict[str, object]:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from opspanel.access.sessions import EPOCH, SIGNED_IN_AT, USED_AT

    return {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: "opspanel.access.passwords.PasswordBackend",
        HASH_SESSION_KEY: user.get_session_auth_hash(),
        SIGNED_IN_AT: time.time(),
        USED_AT: time.time(),
        EPOCH: user.session_epoch,
    }


if __name__ == "__main__":
    main()
