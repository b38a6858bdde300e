"""What the front door answers, and what it leaves to Django."""

import gzip

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opspanel.templatetags.ops import because
from tests.live.conftest import Site, shown_version

OF_ONE_REQUEST = {"X-Correlation-ID", "X-Ops-Now"}


def test_a_poll_with_news_never_reaches_django(site, reader, collected):
    """The ready bytes, as the long way would have sent them."""
    answer = site.ask(reader())
    assert answer.status == 200
    assert because(collected.decision) in gzip.decompress(answer.body).decode()
    assert site.long_way == 0


@pytest.mark.parametrize("https", [False, True])
def test_the_short_way_has_the_headers_of_the_long_one(
    collected, reader, settings, https
):
    """Each header and each value, on http and on https; the body, too."""
    settings.SECURE_HSTS_SECONDS = 3600
    site, vera = Site(), reader()
    site.desks.keeper.tick()
    changes = {"wsgi.url_scheme": "https" if https else "http"}
    fast, slow = site.ask(vera, **changes), site.ask_django(vera, **changes)
    assert site.long_way == 0
    assert comparable(fast) == comparable(slow)
    assert dict(fast.headers)["Content-Security-Policy"]
    assert ("Strict-Transport-Security" in dict(fast.headers)) == https
    assert fast.body == slow.body


def comparable(answer):
    names = [name for name, _ in answer.headers]
    assert len(set(names)) == len(names)
    assert set(names) >= OF_ONE_REQUEST
    return {item for item in answer.headers if item[0] not in OF_ONE_REQUEST}


def test_an_unchanged_poll_is_two_short_headers(site, reader, collected):
    """204 without a body and without a statement, in under 200 bytes."""
    vera = reader()
    site.ask(vera)
    with CaptureQueriesContext(connection) as statements:
        answer = site.ask(vera, QUERY_STRING=f"v={shown_version()}")
    assert (answer.status, answer.body, len(statements)) == (204, b"", 0)
    assert {name for name, _ in answer.headers} == {"Cache-Control", "X-Correlation-ID"}
    assert site.long_way == 0
    assert site.ask_django(vera, QUERY_STRING=f"v={shown_version()}").status == 204


def test_both_ways_keep_a_sound_correlation_id(site, reader):
    """The caller's own, and never one that breaks a header."""
    vera = reader()
    for given, kept in (("abcdef-123456", True), ("bad id\nwith: breaks", False)):
        answer = site.ask(vera, HTTP_X_CORRELATION_ID=given)
        assert (dict(answer.headers)["X-Correlation-ID"] == given) is kept


@pytest.mark.parametrize(
    "changes",
    [
        {"HTTP_COOKIE": ""},
        {"HTTP_COOKIE": "ops_session=" + "a" * 32},
        {"HTTP_HOST": "elsewhere.example"},
        {"HTTP_HX_REQUEST": "false"},
        {"HTTP_ACCEPT_ENCODING": "br"},
        {"HTTP_SEC_FETCH_DEST": "iframe"},
        {"REQUEST_METHOD": "POST"},
        {"REQUEST_METHOD": "HEAD"},
        {"PATH_INFO": "/admin/ops/overview/"},
        {"PATH_INFO": "/admin/ops/overview.json"},
    ],
)
def test_whatever_is_only_doubtful_goes_to_django(site, reader, changes):
    """Which answers it as it would have without a front door."""
    vera = reader()
    answer = site.ask(vera, **changes)
    assert site.long_way == 1
    assert answer.status == site.ask_django(vera, **changes).status


def test_plain_http_is_led_to_https(collected, reader, settings):
    """Where https is wanted no poll is answered without it."""
    settings.SECURE_SSL_REDIRECT = True
    site = Site()
    site.desks.keeper.tick()
    assert site.ask(reader(), HTTP_HOST="127.0.0.1").status == 301


def test_without_a_keeper_requests_see_to_themselves(site, reader, monkeypatch):
    """Its thread hangs or died: Django answers, with what it reads itself."""
    monkeypatch.setattr(site.desks.keeper, "is_awake", lambda: False)
    assert site.ask(reader()).status == 200
    assert site.long_way == 1


def test_someone_without_the_permission_is_refused_by_the_guard(site, reader):
    """A valid memo of somebody who may not see this opens nothing."""
    nobody = reader(role=None)
    for _ in range(2):
        assert site.ask(nobody).status == 403
    assert site.long_way == 2
