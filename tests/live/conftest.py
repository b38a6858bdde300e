"""The panel's own WSGI application with its front door, in the test's own thread."""

import time
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.urls import reverse_lazy
from django.utils import timezone

from opspanel.incidents.latest import configured_latest_with_incidents
from opspanel.live.desks import Desks
from opspanel.live.front import in_front_of
from opspanel.live.keeper import Keeper
from opspanel.live.projection import version
from opspanel.models import User
from opspanel.snapshot.latest import configured_stores
from opspanel.snapshot.store import save_to_all
from tests import snapshots


def shown_version():
    """What the page that is shown now says of itself."""
    return version(configured_latest_with_incidents().snapshot(), timezone.now())


class Clock:
    """Time as a test tells it."""

    now = 1000.0

    def __call__(self):
        return self.now


class KeeperByHand(Keeper):
    """Without a thread: a test calls `tick`."""

    def _start(self):
        """Nothing."""


class Site:
    """`ask` goes through the door; `ask_django` past it. Polls of the overview, unless
    `path` and `cookie` say otherwise."""

    path, cookie = reverse_lazy("ops:overview"), "ops_session"

    def __init__(self, clock=time.monotonic):
        self.desks = Desks(KeeperByHand, clock)
        self.django = WSGIHandler()
        self.long_way = 0
        self._front = in_front_of(self._counted, lambda: self.desks)

    def _counted(self, environ, start_response):
        self.long_way += 1
        return self.django(environ, start_response)

    def ask(self, reader=None, **changes):
        return self._call(self._front, reader, changes)

    def ask_django(self, reader=None, **changes):
        return self._call(self.django, reader, changes)

    def _call(self, application, reader, changes):
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": str(self.path),
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost",
            "HTTP_HX_REQUEST": "true",
            "HTTP_ACCEPT_ENCODING": "gzip, deflate",
            "HTTP_COOKIE": f"{self.cookie}={reader}" if reader else "",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            **changes,
        }
        told = SimpleNamespace()

        def start_response(status, headers, exc_info=None):
            told.status, told.headers = int(status[:3]), headers

        with connections_kept():
            body = application(environ, start_response)
            told.body = b"".join(body)
            getattr(body, "close", lambda: None)()
        return told


@contextmanager
def connections_kept():
    """A request would close the connection that the test's transaction is on."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def collected(no_snapshots):
    """A snapshot that was just stored, and does not grow stale under a slow test."""
    snapshot = snapshots.healthy(timezone.now() + timedelta(minutes=5))
    save_to_all(configured_stores(), snapshot)
    return snapshot


@pytest.fixture
def site(collected):
    made = Site()
    made.desks.keeper.tick()
    return made


@pytest.fixture
def reader(db):
    """Makes a person of a role who has signed in; gives the session's key."""

    def make(name="vera", role="viewer"):
        user = User.objects.create(username=name, password=f"!{name}")
        if role:
            user.groups.add(Group.objects.get(name=role))
        client = Client()
        client.force_login(user)
        return client.cookies["ops_session"].value

    return make
