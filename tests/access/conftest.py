"""People with accounts, and a count of the passwords that were hashed."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from opspanel.models import User
from tests.access.counting import CountingHasher
from tests.site import running

PASSWORD = "a long pass phrase"


@pytest.fixture
def member(db):
    """Makes a person in the group of a role."""

    def make(role=None, username=None):
        name = username or role or "nobody"
        user = User.objects.create_user(name, password=PASSWORD)
        if role:
            user.groups.add(Group.objects.get(name=role))
        return user

    return make


@pytest.fixture
def site(transactional_db):
    with running() as address:
        yield address


@pytest.fixture
def client_of():
    """A browser of its own for a signed-in person."""

    def make(user):
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def hashes(settings):
    """Call it for the number of passwords hashed since the last call."""
    settings.PASSWORD_HASHERS = ["tests.access.counting.CountingHasher"]
    CountingHasher.computed = 0

    def since_last():
        found, CountingHasher.computed = CountingHasher.computed, 0
        return found

    return since_last
