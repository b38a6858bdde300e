"""Input that no page of ours sends: every route stays calm and leads nowhere else."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from opspanel.models import User
from tests.access.cells import arguments, routes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_snapshots")]
FORM = "application/x-www-form-urlencoded"
BODIES = [
    (b"login=%00&password=%ff&next=%00", FORM),
    (b"login=%ed%a0%80&title=%ed%a0%80&until=9999-12-31T23:59Z", FORM),
    (b"a=1&" * 1_500, FORM),
    (b"title=" + b"x" * 3_000_000, FORM),
    (b"\0\xff" * 50, "multipart/form-data; boundary=x"),
    (b"", "multipart/form-data"),
    (b'{"a":' * 3_000, "application/json"),
    (b"\xff", "text/plain; charset=nonsense"),
]
QUERIES = [
    "actor=%00&text=%00&status=%00&v=%00&next=%00",
    "since=0001-01-01T00:00&until=9999-12-31T23:59&days=" + "9" * 30,
    "before=-1&page=" + "9" * 400 + "&actor=%ed%a0%80",
    "next=/%5cevil.example&said=%ff",
    "next=%2f%2fevil.example",
]
HEADERS = [
    {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "DELETE"},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "::%zone, \xff"},
    {"Cookie": 'ops_session=\xff; ops_wall=\xff; ops_csrf="\\; ops_pairing=%00'},
    {"Origin": "null", "Referer": "http://[", "HX-Current-URL": "http://[evil.example"},
    {"Accept": "\xff;q=x", "User-Agent": "\xff\x1b[31m" * 50, "If-None-Match": "\xff"},
]
# What ends the session comes last.
NAMES = sorted(routes(), key=lambda name: "sign-out" in name or "logout" in name)
# Without a snapshot that is the answer to scripts.
NOTHING_YET = {"ops:overview-json": 503}


@pytest.fixture(params=["stranger", "admin"])
def client(request):
    client = Client(raise_request_exception=False)
    if request.param == "admin":
        user = User.objects.create_user("ada", password="a long pass phrase")
        user.groups.add(Group.objects.get(name="admin"))
        client.force_login(user)
    return client


def faults(client, name, method, query="", **more):
    address = reverse(name, args=arguments(name))
    answer = client.generic(method, f"{address}?{query}", **more)
    if answer.status_code >= 500 and answer.status_code != NOTHING_YET.get(name):
        yield answer.status_code
    led_to = answer.get("Location", "").partition("?")[0]
    if "evil" in led_to or "evil" in answer.get("HX-Redirect", ""):
        yield led_to


def found(client, method, several):
    return {
        (name, str(one)[:60]): wrong
        for name in NAMES
        for one in several
        for wrong in faults(client, name, method, **one)
    }


def test_a_body_that_no_form_sends_is_refused_calmly(client):
    """Too long, too many fields, broken, in no character set: never an error of ours."""
    bodies = [{"data": body, "content_type": kind} for body, kind in BODIES]
    assert found(client, "POST", bodies) == {}


def test_a_query_that_no_link_has_leads_nowhere(client):
    """No error of ours, and never to another site."""
    assert found(client, "GET", [{"query": query} for query in QUERIES]) == {}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_headers_that_no_browser_sends_change_nothing(client, method):
    """Another method, host or person by a header: nobody listens."""
    assert found(client, method, [{"headers": each} for each in HEADERS]) == {}
