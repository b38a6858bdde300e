"""From a rule of a real Prometheus through a real Alertmanager into the panel."""

from datetime import timedelta

import pytest
from django.urls import reverse

from opspanel.access import tokens
from opspanel.models import AlertDelivery, AlertOccurrence
from tests.alerts.alertmanager import Alertmanager, RuledPrometheus, wait_for


@pytest.fixture
def alertmanager(live_server, tmp_path):
    token = tokens.issue("am", tokens.DELIVER_ALERTS, timedelta(days=1))
    made = Alertmanager(
        tmp_path, f"{live_server.url}{reverse('api:alertmanager')}", token
    )
    yield made
    made.stop()


@pytest.fixture
def prometheus(alertmanager, tmp_path):
    made = RuledPrometheus(tmp_path, alertmanager.port)
    yield made
    made.stop()


def fires():
    rows = AlertOccurrence.objects.filter(ended_at=None)
    return set(rows.values_list("service", flat=True))


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_alert_comes_repeats_survives_a_restart_and_ends(alertmanager, prometheus):
    """Firing, repeated, restarted, truncated and resolved: the panel follows each."""
    prometheus.fire("api")
    wait_for(lambda: fires() == {"api"})
    first = AlertOccurrence.objects.get()
    assert (first.alertname, first.severity) == ("HighErrorRate", 2)
    assert first.link.startswith("http")

    delivered = AlertDelivery.objects.count()
    wait_for(lambda: AlertDelivery.objects.count() > delivered)
    assert AlertOccurrence.objects.get().starts_at == first.starts_at

    alertmanager.stop()
    delivered = AlertDelivery.objects.count()
    alertmanager.start()
    wait_for(lambda: AlertDelivery.objects.count() > delivered)
    assert AlertOccurrence.objects.count() == 1

    prometheus.fire("api", "web", "billing-worker")
    wait_for(lambda: AlertDelivery.objects.filter(truncated=1).exists())
    assert "api" in fires()

    prometheus.fire()
    wait_for(lambda: "api" not in fires())
    ended = AlertOccurrence.objects.get(service="api")
    assert ended.ended_at > ended.starts_at
    assert not AlertDelivery.objects.exclude(outcome="taken").exists()
