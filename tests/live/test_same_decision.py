"""The door and the long way decide alike, whatever became of a session or an account."""

import time
from datetime import timedelta

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from opspanel.access import session_readers
from opspanel.access.roles import RoleBackend
from opspanel.access.sessions import EPOCH, IDLE, LONGEST, SIGNED_IN_AT, USED_AT
from opspanel.models import Session, User
from tests.live.conftest import Site

pytestmark = pytest.mark.django_db
MARKS = [
    SESSION_KEY,
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    EPOCH,
    SIGNED_IN_AT,
    USED_AT,
]
ROLES = [None, "viewer", "on-call", "admin", "viewer admin", "superuser"]
SOUND = {
    "role": "viewer",
    "required": True,
    "second_factor": False,
    "used_ago": 0,
    "signed_in_ago": 0,
    "mishap": None,
}


def forget_a_mark(mark):
    def forget(client, user):
        session = client.session
        del session[mark]
        session.save()

    forget.__name__ = f"without {mark}"
    return forget


def deactivated(client, user):
    User.objects.filter(pk=user.pk).update(is_active=False)


def deleted(client, user):
    user.delete()


def signed_out_everywhere(client, user):
    User.objects.filter(pk=user.pk).update(session_epoch=user.session_epoch + 1)


def new_password(client, user):
    user.set_password("another long pass phrase")
    user.save()


def out_of_every_role(client, user):
    user.groups.clear()


def row_expired(client, user):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))


def row_gone(client, user):
    Session.objects.all().delete()


def row_of_another(client, user):
    """As only an attacker with the table in hand could have it."""
    admin = User.objects.create(username="admin", password="!")
    admin.groups.add(Group.objects.get(name="admin"))
    Session.objects.update(user_id=admin.pk)


def text_of_another(client, user):
    other = Client()
    admin = User.objects.create(username="admin", password="!")
    admin.groups.add(Group.objects.get(name="viewer"))
    other.force_login(admin)
    Session.objects.update(session_data=other.session.encode(dict(other.session)))


def forged(client, user):
    row = Session.objects.get()
    # No signature of 32 bytes ends with it: the last letter's two lowest bits are zero.
    row.session_data = row.session_data[:-1] + "-"
    row.save()


def unreadable(client, user):
    Session.objects.update(session_data="garbage")


def another_backend(client, user):
    session = client.session
    session[BACKEND_SESSION_KEY] = "elsewhere.Backend"
    session.save()


MISHAPS = [
    None,
    deactivated,
    deleted,
    signed_out_everywhere,
    new_password,
    out_of_every_role,
    row_expired,
    row_gone,
    row_of_another,
    text_of_another,
    forged,
    unreadable,
    another_backend,
    *map(forget_a_mark, MARKS),
]
STATES = st.fixed_dictionaries(
    {
        "role": st.sampled_from(ROLES),
        "required": st.booleans(),
        "second_factor": st.booleans(),
        "used_ago": st.sampled_from([0, IDLE - 60, IDLE + 1, LONGEST]),
        "signed_in_ago": st.sampled_from([0, LONGEST - 60, LONGEST + 1]),
        "mishap": st.sampled_from(MISHAPS),
    }
)


@pytest.fixture
def decide(collected, monkeypatch):
    """`(the door's decision, that of middleware and guard)` for a state."""
    site = Site()

    def both(state):
        # On a busy machine it would be asleep before the last state.
        site.desks.keeper.tick()
        monkeypatch.setattr(
            "django.conf.settings.OPSPANEL_MFA_REQUIRED", state["required"]
        )
        session_readers._grant.cache_clear()
        key = signed_in(state)
        site.long_way = 0
        site.ask(key)
        return site.long_way == 0, site.ask_django(key).status == 200

    return both


def signed_in(state):
    role = state["role"] or ""
    user = User.objects.create(
        username="vera", password="!", is_superuser=role == "superuser"
    )
    user.groups.set(Group.objects.filter(name__in=role.split()))
    client = Client()
    client.force_login(user)
    session = client.session
    session["second_factor"] = state["second_factor"]
    session[USED_AT] = time.time() - state["used_ago"]
    session[SIGNED_IN_AT] = time.time() - state["signed_in_ago"]
    session.save()
    key = client.cookies["ops_session"].value
    if state["mishap"]:
        state["mishap"](client, user)
    return key


def alike(decide, state):
    with transaction.atomic():
        door, long_way = decide(state)
        transaction.set_rollback(True)
    # Whose row names another is renewed on the long way, and never let in at the door.
    if state["mishap"] in {row_of_another, text_of_another}:
        assert long_way or not door
    else:
        assert door == long_way
    return door


@given(state=STATES)
@example(state=SOUND)
@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_door_lets_in_exactly_those_whom_the_guard_lets_in(decide, state):
    """Roles, second factors, ages and mishaps, in all combinations."""
    alike(decide, state)


@pytest.mark.parametrize("mishap", MISHAPS)
def test_each_mishap_alone_decides(decide, mishap):
    """A sound session is let in; no mishap of it is."""
    assert alike(decide, SOUND | {"mishap": mishap}) == (mishap is None)


def test_the_permissions_of_both_ways_are_the_same(db, reader):
    """Whatever somebody holds by roles, or by being superuser, and nothing past them."""
    keys = {name: reader(name, name) for name in ("viewer", "on-call", "admin")}
    User.objects.filter(username="admin").update(is_superuser=True)
    grants = session_readers.SessionReaders().grants(list(keys.values()))
    for name, key in keys.items():
        user = User.objects.get(username=name)
        assert grants[key].permissions == RoleBackend().get_all_permissions(user)
    assert len({grant.permissions for grant in grants.values()}) == 3
