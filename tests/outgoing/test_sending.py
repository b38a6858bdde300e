"""Others are told of incidents: signed, in order, at least once, and no secret."""

import hashlib
import hmac
import json
import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from opspanel.incidents import Draft, Submission, change, declare, note, redact
from opspanel.models import IncidentDelivery
from opspanel.outgoing.sending import WAITS, is_paused, send_due
from opspanel.panel.config import Webhook
from opspanel.panel.load import configured_panel
from tests.outgoing.conftest import SECRET

pytestmark = pytest.mark.django_db
BY = Submission.system()


@pytest.fixture
def send(listener):
    """`send(after=seconds)`: one run of the worker, so much later."""

    def run(after=0, **values):
        hook = Webhook(name="pager", url=listener.url, **values)
        panel = configured_panel().model_copy(update={"webhooks": (hook,)})
        return send_due(panel, timezone.now() + timedelta(seconds=after))

    return run


def told(listener):
    return [json.loads(body) for _, body, _ in listener.heard]


def declared(**draft):
    return declare(Draft(**{"title": "Checkout fails", **draft}), BY)


def test_each_line_is_told_once_and_in_order(listener, send):
    """Declared, noted, changed: three messages, none again at the next run."""
    made = declared()
    note(made.id, "Second region takes over", BY)
    change(made.id, {"severity": 1}, BY, seen=made.version)
    assert send() == 3
    assert [one["event"]["type"] for one in told(listener)] == [
        "declared",
        "note",
        "severity",
    ]
    assert told(listener)[0]["incident"]["ref"] == made.ref
    assert send(after=60) == 0


def signed(secret, stamp, body):
    """As docs/operations.md tells receivers to do it, and with nothing of ours."""
    proof = hmac.new(secret.encode("utf-8"), digestmod=hashlib.sha256)
    proof.update(stamp.encode("ascii"))
    proof.update(b".")
    proof.update(body)
    return f"v1={proof.hexdigest()}"


def test_the_signature_covers_the_time_and_the_body(listener, send):
    """Whoever shares the secret can check both; the number tells a repeat."""
    declared()
    send()
    headers, body, _ = listener.heard[0]
    stamp, sent = headers["X-Opspanel-Timestamp"], headers["X-Opspanel-Signature"]
    assert abs(time.time() - int(stamp)) < 300
    assert hmac.compare_digest(sent, signed(SECRET, stamp, body))
    assert headers["X-Opspanel-Delivery"] == str(json.loads(body)["id"])
    for wrong in (
        signed(SECRET, stamp, body + b" "),
        signed(SECRET, str(int(stamp) + 1), body),
        signed("another secret", stamp, body),
    ):
        assert sent != wrong


@pytest.mark.parametrize("answer", [500, 503, 429])
def test_what_may_be_taken_later_is_sent_again(listener, send, answer):
    """After the first wait, not before; what comes after it waits, too."""
    made = declared()
    listener.answers = [answer]
    assert send() == 0
    note(made.id, "later", BY)
    assert send(after=5) == 0
    assert len(listener.heard) == 1
    assert send(after=11) == 2
    assert [one["event"]["type"] for one in told(listener)] == [
        "declared",
        "declared",
        "note",
    ]


@pytest.mark.parametrize("answer", [400, 401, 404, 410, 302])
def test_a_refusal_is_final_and_holds_up_nothing(listener, send, answer, caplog):
    """Not asked again, told in the log, and no redirect is followed."""
    made = declared()
    listener.answers = [answer]
    assert send() == 0
    assert "refuses message" in caplog.text
    note(made.id, "goes on", BY)
    assert send(after=1) == 1
    assert {path for _, _, path in listener.heard} == {"/hook"}
    assert IncidentDelivery.objects.filter(refused=True).count() == 1


def test_one_incident_does_not_wait_for_another(listener, send):
    """While the first is tried again, the second is told."""
    first, second = declared(), declared(title="Another")
    listener.answers = [500]
    assert send() == 1
    assert told(listener)[-1]["incident"]["ref"] == second.ref
    assert send(after=11) == 1
    assert told(listener)[-1]["incident"]["ref"] == first.ref


def test_after_twenty_minutes_it_is_asked_now_and_then(listener, send, caplog):
    """Paused and told so; the first yes brings all that waited, in order."""
    made = declared()
    listener.answers = [500] * (len(WAITS) + 1)
    later = 0
    for wait in (0, *(each.total_seconds() for each in WAITS)):
        later += wait + 1
        send(after=later)
    assert is_paused("pager")
    assert "is paused" in caplog.text
    note(made.id, "meanwhile", BY)
    assert send(after=later + 60) == 0
    assert send(after=later + 15 * 60 + 1) == 2
    assert not is_paused("pager")


def test_a_server_that_never_answers_costs_a_few_seconds(listener, send):
    """The wait has an end, and the message goes out later."""
    declared()
    listener.answers = ["hang"]
    assert send() == 0
    assert IncidentDelivery.objects.get().status == 0
    assert IncidentDelivery.objects.get().took_ms < 20_000
    assert send(after=11) == 1


def test_what_was_redacted_meanwhile_is_told_to_nobody(listener, send):
    """The words are read when they are sent."""
    made = declared()
    noted = note(made.id, "Customer Example Ltd is hit", BY)
    redact(made.id, noted.version, "it names a customer", BY)
    send()
    assert b"Example Ltd" not in b"".join(body for _, body, _ in listener.heard)


def test_minor_ones_and_drills_are_told_if_wanted(listener, send):
    """Severity 3 is not told to who wants 2 and worse, nor is a drill."""
    declared(severity=3)
    declared(severity=1, is_drill=True)
    assert send(least_severity=2) == 0
    assert send(least_severity=2, drills=True) == 1
    assert send() == 1


def test_a_chat_gets_text(listener, send):
    """One field `text`, with reference, severity, title and who."""
    made = declared(severity=2)
    send(format="chat")
    (message,) = told(listener)
    assert set(message) == {"text"}
    for word in (made.ref, "SEV2", "open", "Checkout fails", "system"):
        assert word in message["text"]


def test_no_secret_is_told(listener, send):
    """Cleaned when it was written, and once more when it leaves."""
    made = declared(title="login: password=hunter2hunter2")
    note(made.id, "ghp_0123456789abcdefghijABCDEFGHIJ4567", BY)
    send()
    everything = b"".join(body for _, body, _ in listener.heard)
    assert b"hunter2" not in everything
    assert b"ghp_" not in everything
    assert SECRET.encode() not in everything


def test_the_command_says_what_waits(listener, send, capsys):
    """Without webhooks it says so; it prints no secret."""
    call_command("webhooks")
    assert "names no webhook" in capsys.readouterr().out


def test_who_was_told_is_told_the_end(listener, send):
    """Of one that became a minor one, too: nobody is left with an alarm that is over."""
    made = declared(severity=1)
    change(made.id, {"severity": 4}, BY, seen=made.version)
    note(made.id, "All is well again", BY)
    declared(severity=4, title="Never grave")
    assert send(least_severity=2) == 3
    assert {one["incident"]["ref"] for one in told(listener)} == {made.ref}


def test_no_proxy_of_the_environment_is_told(listener, send, monkeypatch):
    """What goes to a configured host goes there, and nowhere else."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    declared()
    assert send() == 1
