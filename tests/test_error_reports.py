"""A rendered report of an exception, searched for the secrets that were all around it."""

import base64
import sys

import pytest
from django.conf import settings as configured
from django.test import RequestFactory
from django.views.debug import get_exception_reporter_class

from opspanel.error_reports import Reporter
from opspanel.sanitize import PLACEHOLDER

WORD = "falcon7battery"


class Upstream:
    def __init__(self):
        self.url = f"postgres://reader:{WORD}@db.internal/app"

    def __repr__(self):
        return f"<Upstream {self.url}>"


def fail(password, upstream):
    """Fails with secrets in its arguments, locals, cause, notes and message."""
    api_key = password
    headers = {"Authorization": f"Bearer {api_key}", "stream": "BILLING"}
    encoded = base64.b64encode(f"password={password}".encode()).decode()
    error = ValueError(f"{len(headers)} headers, password={password}", encoded)
    error.add_note(f"the password is {password}")
    raise error from KeyError(f"client_secret={password}")


@pytest.fixture(params=["html", "text"])
def report(request, settings):
    settings.PAYMENT_API_KEY = settings.UPSTREAM = WORD
    settings.UPSTREAM = {"dsn": f"redis://:{WORD}@cache/0"}
    asked = RequestFactory().post(
        f"/admin/ops/overview?token={WORD}&view=queues",
        {"password": WORD, "reason": f"it is password={WORD}", "stream": "BILLING"},
        headers={"authorization": f"Bearer {WORD}", "x-api-key": WORD},
    )
    asked.COOKIES["ops_session"] = WORD
    asked.user = f"person {WORD}"
    try:
        fail(WORD, Upstream())
    except ValueError:
        reporter = get_exception_reporter_class(asked)(asked, *sys.exc_info())
    return getattr(reporter, f"get_traceback_{request.param}")()


def test_a_report_holds_no_secret(report):
    """Not from locals, arguments, the form, headers, cookies, settings or the cause."""
    assert WORD not in report
    assert base64.b64encode(WORD.encode()).decode().rstrip("=") not in report
    assert configured.SECRET_KEY not in report
    assert PLACEHOLDER in report


def test_a_report_still_helps(report):
    """The type, the place, the path and harmless values are there to be read."""
    for word in ("ValueError", "in fail", "/admin/ops/overview", "BILLING", "queues"):
        assert word in report


def test_django_uses_our_reporter():
    """Both for pages and for e-mails, which ask the same setting."""
    assert get_exception_reporter_class(None) is Reporter


def test_a_report_without_a_request_is_made_as_well():
    """A worker's exceptions have none."""
    try:
        fail(WORD, None)
    except ValueError:
        text = Reporter(None, *sys.exc_info(), is_email=True).get_traceback_text()
    assert WORD not in text
    assert "Request data not supplied" in text
