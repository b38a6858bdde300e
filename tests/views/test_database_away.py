"""What a person and a script are told while the panel's database is away."""

import pytest
from django.db import connection
from django.urls import reverse


@pytest.fixture
def away(django_db_blocker, client):
    """A client with a session cookie, of a panel whose database refuses."""
    port = connection.settings_dict["PORT"]
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["PORT"] = 1
        client.raise_request_exception = False
        client.cookies["ops_session"] = "a" * 32
        yield client
        connection.close()
        connection.settings_dict["PORT"] = port


def test_a_page_says_that_the_panel_cannot_serve(away):
    """503 with a page of our own, which needs no database itself."""
    page = away.get(reverse("ops:overview"))
    assert page.status_code == 503
    assert "This says nothing about the platform" in page.text
    assert page["X-Correlation-ID"]
    assert page["Cache-Control"] == "no-store"


def test_a_script_gets_the_envelope(away):
    """503 with a code, and no word of the driver's."""
    answer = away.get(reverse("ops:overview-json"), headers={"Accept": "text/json"})
    assert answer.status_code == 503
    assert answer.json()["code"] == "service_unavailable"
    assert "psycopg" not in answer.text


def test_the_process_is_alive_and_not_ready(away):
    """A load balancer sends nobody here, and kills nothing."""
    assert away.get(reverse("healthz")).status_code == 200
    assert away.get(reverse("readyz")).status_code == 503
