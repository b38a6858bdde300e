"""A worker is killed after it posted, before it could write down that it did."""

import multiprocessing
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from opspanel.incidents import Draft, Submission, declare, note
from opspanel.models import IncidentDelivery
from opspanel.outgoing.sending import WAITS, send_due
from opspanel.panel.config import Webhook
from opspanel.panel.load import configured_panel
from tests.outgoing.listener import Listener

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def listener(settings):
    settings.OPSPANEL_WEBHOOK_SECRETS = {"pager": "known to two"}
    made = Listener()
    made.answers = ["hang"]
    yield made
    made.close()


def send(listener, after=0):
    hook = Webhook(name="pager", url=listener.url)
    panel = configured_panel().model_copy(update={"webhooks": (hook,)})
    return send_due(panel, timezone.now() + timedelta(seconds=after))


def killed_while_it_posts(listener):
    """A real process, which is no more before it has an answer."""
    connection.close()  # or it would be the child's, too
    worker = multiprocessing.get_context("fork").Process(target=send, args=[listener])
    worker.start()
    deadline = time.monotonic() + 30
    while not listener.heard and time.monotonic() < deadline:
        time.sleep(0.01)
    worker.kill()
    worker.join(10)


def test_what_it_posted_is_posted_again_in_order(listener):
    """Twice the same number, by which the receiver knows it; then what came after it.
    Nobody else posts it before the try that died could have had an answer."""
    by = Submission.system()
    number = declare(Draft(title="Checkout fails"), by).id
    note(number, "Second region takes over", by)
    killed_while_it_posts(listener)
    assert IncidentDelivery.objects.filter(done_at=None).count() == 2
    assert send(listener) == 0
    assert send(listener, after=WAITS[0].total_seconds() + 1) == 2
    first, again, then = [
        headers["X-Opspanel-Delivery"] for headers, _, _ in listener.heard
    ]
    assert first == again != then
    assert not IncidentDelivery.objects.filter(done_at=None).exists()
