"""`python -m opspanel.embedded.seed`: tables, static files and accounts.

A program of its own, because it needs the real settings. Standard input: a JSON
object of accounts, `{"username": {"role": ..., "password": ...}}`.
"""

import json
import sys

import django
from django.core.management import call_command

from opspanel import env


def main() -> None:
    env.use_these_settings()
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    for username, account in json.load(sys.stdin).items():
        ensure_account(username, account["role"], account["password"])


def ensure_account(username: str, role: str, password: str) -> None:
    """The account exists, has this password and this role; nothing else changes."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415 - needs setup()
    from django.contrib.auth.models import Group  # noqa: PLC0415

    user, _ = get_user_model().objects.get_or_create(username=username)
    if not user.check_password(password):
        user.set_password(password)
        user.save()
    user.groups.add(Group.objects.get(name=role))


if __name__ == "__main__":
    main()
