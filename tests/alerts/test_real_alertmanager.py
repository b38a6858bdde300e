"""From a rule of a real Prometheus through a real Alertmanager into the panel."""

from datetime import timedelta
from threading import Thread
from wsgiref.simple_server import make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.urls import reverse

from opspanel.access import tokens
from opspanel.models import AlertDelivery, AlertOccurrence
from tests.alerts.alertmanager import Alertmanager, RuledPrometheus, wait_for
from tests.pages.stage import Quiet, Threaded


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


@pytest.fixture
def two_alertmanagers(live_server, tmp_path):
    """Of a cluster that has fallen apart: neither knows of the other."""
    token = tokens.issue("am", tokens.DELIVER_ALERTS, timedelta(days=1))
    address = f"{live_server.url}{reverse('api:alertmanager')}"
    made = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        made.append(Alertmanager(tmp_path / name, address, token))
    yield made
    for each in made:
        each.stop()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_cluster_that_fell_apart_tells_twice_and_it_is_one_alert(
    two_alertmanagers, tmp_path
):
    """Both deliver it, and both that it ended: one occurrence, which begins and ends
    once. One that dies meanwhile ends nothing."""
    one, other = two_alertmanagers
    prometheus = RuledPrometheus(tmp_path, one.port, other.port)
    try:
        prometheus.fire("api")
        wait_for(lambda: AlertDelivery.objects.count() >= 4)
        first = AlertOccurrence.objects.get()
        assert first.ended_at is None

        other.stop()
        delivered = AlertDelivery.objects.count()
        wait_for(lambda: AlertDelivery.objects.count() > delivered)
        assert AlertOccurrence.objects.get().ended_at is None
        other.start()

        prometheus.fire()
        wait_for(lambda: not fires())
        delivered = AlertDelivery.objects.count()
        prometheus.fire("web")
        wait_for(lambda: AlertDelivery.objects.count() >= delivered + 2)
        wait_for(lambda: fires() == {"web"})
        assert AlertOccurrence.objects.filter(service="api").count() == 1
    finally:
        prometheus.stop()


class Served:
    """The whole application behind a real server, in threads of this process."""

    def __init__(self):
        self.answers = []
        application = get_wsgi_application()

        def noted(environ, start):
            def answered(status, *rest):
                self.answers.append(status[:3])
                return start(status, *rest)

            return application(environ, answered)

        self.server = make_server("127.0.0.1", 0, noted, Threaded, Quiet)
        self.thread = Thread(target=self.server.serve_forever)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def stop(self):
        self.server.shutdown()
        self.thread.join(5)
        self.server.server_close()


@pytest.fixture
def served(own_postgres, monkeypatch):
    # A thread ends with its request, and must take its connection with it.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    made = Served()
    yield made
    made.stop()


def test_what_came_while_postgres_was_away_comes_again(served, own_postgres, tmp_path):
    """503 each time, and nothing kept; it is delivered when Postgres is back."""
    token = tokens.issue("am", tokens.DELIVER_ALERTS, timedelta(days=1))
    address = f"{served.url}{reverse('api:alertmanager')}"
    alertmanager = Alertmanager(tmp_path, address, token)
    prometheus = RuledPrometheus(tmp_path, alertmanager.port)
    try:
        with own_postgres.away():
            prometheus.fire("api")
            wait_for(lambda: served.answers.count("503") >= 2)
        wait_for(lambda: "200" in served.answers)
    finally:
        prometheus.stop()
        alertmanager.stop()
    assert set(served.answers) <= {"503", "200"}
    assert AlertOccurrence.objects.get(ended_at=None).service == "api"
