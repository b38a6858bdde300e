"""A token for alerts, and messages as an Alertmanager makes them."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from opspanel.access import tokens

NEVER = "0001-01-01T00:00:00Z"


@pytest.fixture
def token(db):
    return tokens.issue("alertmanager", tokens.DELIVER_ALERTS, timedelta(days=1))


def at(minutes):
    """So many minutes ago, as Go writes it."""
    moment = timezone.now() - timedelta(minutes=minutes)
    return moment.isoformat().replace("+00:00", "Z")


def alert(
    name="HighErrorRate", *, since=10, ended=None, fingerprint="ab" * 8, **labels
):
    return {
        "status": "firing" if ended is None else "resolved",
        "labels": {"alertname": name, "service": "api", "severity": "critical"}
        | labels,
        "annotations": {"summary": "5xx above 2 %"},
        "startsAt": at(since),
        "endsAt": NEVER if ended is None else at(ended),
        "generatorURL": "http://prometheus.example.org/graph?g0.expr=up",
        "fingerprint": fingerprint,
    }


def message(*alerts, **other):
    return {
        "version": "4",
        "receiver": "ops\\.panel",
        "status": "firing",
        "groupKey": '{}:{alertname="X"}',
        "truncatedAlerts": 0,
        "alerts": list(alerts),
        "somethingNew": {"of": "a later version"},
    } | other


@pytest.fixture
def deliver(client, token):
    """`deliver(alert, …)` posts one message of them; `body=` posts these bytes."""

    def post(*alerts, body=None, source=None, bearer=token, **other):
        route = ("api:alerts-from", [source]) if source else ("api:alertmanager", [])
        return client.post(
            reverse(route[0], args=route[1]),
            json.dumps(message(*alerts, **other)) if body is None else body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {bearer}"} if bearer else {},
        )

    return post
