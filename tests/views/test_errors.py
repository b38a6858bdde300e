"""What a person is told who is refused, on the page and in the envelope."""

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def strict():
    return Client(enforce_csrf_checks=True)


def test_an_expired_form_says_what_to_do(strict):
    """It is a matter of reloading, not of permissions."""
    page = strict.post(reverse("ops:sign-in"), headers={"Accept": "text/html"})
    assert page.status_code == 403
    assert "This form has expired" in page.text
    assert "Go back, reload the page" in page.text
    assert "To get access" not in page.text


def test_an_expired_form_has_a_code_of_its_own(strict):
    """A script can tell it from a missing permission."""
    answer = strict.post(reverse("ops:sign-in"), headers={"Accept": "text/json"})
    assert answer.status_code == 403
    assert answer.json()["code"] == "csrf_failed"
