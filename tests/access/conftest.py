"""People with accounts, and a count of the passwords that were hashed."""

from threading import Thread
from wsgiref.simple_server import make_server

import pytest
from django.contrib.auth.models import Group
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client

from opspanel.models import User
from tests.access.counting import CountingHasher
from tests.pages.stage import Quiet, Threaded

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
def site(transactional_db, monkeypatch):
    """The whole application behind a real server; the address names no number."""
    # A thread ends with its request, and must take its connection with it.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    application = get_wsgi_application()
    server = make_server("127.0.0.1", 0, application, Threaded, Quiet)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join(5)
    server.server_close()


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
