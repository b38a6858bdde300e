"""Reports of violations: short, known words, rationed, and never an answer."""

import json
import logging

import pytest

from opspanel.csp_reports import MOST_IN_ONE, Ration, violations
from opspanel.logs import LineFormatter
from opspanel.views import csp_report

pytestmark = pytest.mark.django_db
URL = "/ops/csp-report"
OLD = {
    "csp-report": {
        "document-uri": "https://ops.example/admin/ops/audit?actor=somebody-private",
        "referrer": "",
        "violated-directive": "script-src-elem",
        "effective-directive": "script-src-elem",
        "original-policy": "default-src 'none'",
        "disposition": "enforce",
        "blocked-uri": "https://user:hunter2@evil.example:8443/x.js?token=hunter2",
        "status-code": 200,
        "source-file": "https://ops.example/static/js/live.js?x=hunter2",
        "line-number": 7,
        "script-sample": "password=hunter2",
    }
}
NEW = [
    {
        "type": "csp-violation",
        "age": 3,
        "url": "https://ops.example/admin/ops/audit",
        "user_agent": "Chromium",
        "body": {
            "documentURL": "https://ops.example/admin/ops/audit",
            "blockedURL": "inline",
            "effectiveDirective": "script-src-attr",
            "sourceFile": "https://ops.example/admin/ops/audit",
            "lineNumber": 12,
            "disposition": "enforce",
            "sample": "hunter2",
        },
    },
    {"type": "deprecation", "body": {"id": "hunter2"}},
]


@pytest.fixture(autouse=True)
def ration(monkeypatch):
    # With the usual 1,024 slots two of a test's clients share one now and then.
    made = Ration(each=3, total=5, seconds=60, slots=2**18)
    monkeypatch.setattr(csp_report, "ration", made)
    return made


@pytest.fixture
def report(client, caplog):
    """Sends a report; gives the status, and the lines that the log got."""

    def send(body, kind="application/csp-report", **more):
        caplog.clear()
        text = body if isinstance(body, bytes) else json.dumps(body)
        answer = client.post(URL, text, content_type=kind, **more)
        lines = [
            json.loads(LineFormatter().format(record))
            for record in caplog.records
            if record.name == "opspanel.views.csp_report"
        ]
        return answer.status_code, lines

    caplog.set_level(logging.INFO)
    return send


def test_the_old_form_becomes_one_line(report):
    """Which directive, on which page, from where: without queries, users and samples."""
    status, (line,) = report(OLD)
    assert status == 204
    assert line["message"] == "malicious_csp_violation"
    assert line["directive"] == "script-src-elem"
    assert line["blocked"] == "https://evil.example:8443"
    assert (line["page"], line["source"]) == ("/admin/ops/audit", "/static/js/live.js")
    assert (line["line"], line["network"]) == (7, "127.0.0.1")
    assert "hunter2" not in str(line)
    assert "somebody" not in str(line)


def test_the_new_form_does_too_and_other_kinds_are_dropped(report):
    """The Reporting API sends a list of all that happened."""
    status, (line,) = report(NEW, "application/reports+json")
    assert status == 204
    assert (line["directive"], line["blocked"]) == ("script-src-attr", "inline")
    assert "hunter2" not in str(line)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[" * 8000,
        b'{"csp-report": 7}',
        b'{"csp-report": {"effective-directive": "drop-table"}}',
        b'[[], 7, {"type": "csp-violation"}, {"body": {}}]',
        b'{"csp-report": {"effective-directive": ["script-src"]}}',
    ],
)
def test_what_is_no_report_is_dropped(report, body):
    """Without a word, and without an error."""
    assert report(body) == (204, [])


def test_a_report_cannot_begin_a_line_of_its_own(report):
    """Line breaks, control and reordering characters are gone; long texts are cut."""
    old = OLD["csp-report"] | {
        "document-uri": 'https://ops.example/a\n{"level": "OK"}\x1b[2J\u202e'
        + "x" * 999,
        "blocked-uri": "not\nan\u202eaddress",
        "line-number": "seven",
    }
    _, (line,) = report({"csp-report": old})
    shown = json.dumps(line, ensure_ascii=False)
    assert not set("\n\x1b\u202e") & set(shown)
    assert len(shown) < 1000
    assert line["line"] == 0


@pytest.mark.parametrize("address", ["http://[", "//", "x" * 5000, "http://[::1"])
def test_an_address_that_is_none_is_no_error(address):
    """Whatever stands in the places for addresses."""
    names = ("document-uri", "blocked-uri", "source-file")
    body = {"effective-directive": "img-src"} | dict.fromkeys(names, address)
    (found,) = violations(json.dumps({"csp-report": body}).encode())
    assert found.directive == "img-src"
    assert max(map(len, (found.page, found.blocked, found.source))) <= 200


def test_one_body_makes_few_lines():
    """However many reports a list of eight thousand bytes holds."""
    assert len(violations(json.dumps(NEW[:1] * 40).encode())) == MOST_IN_ONE


def test_a_client_and_all_together_have_a_ration(report):
    """Over it nothing is written; the next line says how much was left out."""
    written = [len(report(OLD)[1]) for _ in range(5)]
    assert written == [1, 1, 1, 0, 0]
    _, (line,) = report(OLD, REMOTE_ADDR="192.0.2.7")
    assert line["unlogged_before"] == 2
    assert len(report(OLD, REMOTE_ADDR="192.0.2.8")[1]) == 1
    assert report(OLD, REMOTE_ADDR="192.0.2.9") == (204, [])


def test_the_ration_comes_back_and_its_memory_does_not_grow():
    """A million clients in one window cost what one costs."""
    now = 0.0
    ration = Ration(each=1, total=10**9, seconds=60, slots=64, clock=lambda: now)
    first = [ration.take(f"client {number}") for number in range(10_000)]
    assert 0 < sum(first) <= 64
    assert len(ration._counts) == 64
    now = 60.0
    assert ration.take("client 0")
    assert ration.refused() == 10_000 - sum(first)
    assert ration.refused() == 0


@pytest.mark.parametrize("kind", ["application/csp-report", "application/reports+json"])
def test_it_needs_no_token_and_takes_post_alone(client, report, kind):
    """Browsers send reports by themselves."""
    client.handler.enforce_csrf_checks = True
    assert report(OLD, kind)[0] == 204
    assert client.get(URL).status_code == 405
