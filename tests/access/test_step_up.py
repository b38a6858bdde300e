"""Dangerous acts ask anew who it is."""

import time

import pytest
from django.http import HttpResponse
from django.urls import include, path, reverse

from opspanel import urls
from opspanel.access.guard import fresh_sign_in_required, permission_required
from opspanel.models import AuditEvent, User
from tests.access.conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@permission_required("ops.view_overview")
@fresh_sign_in_required
def dangerous(request):
    return HttpResponse("done")


urlpatterns = [path("dangerous", dangerous), path("", include(urls))]
PROVE = "/admin/ops/account/prove"


@pytest.fixture
def stale(client, member):
    """A viewer who signed in 16 minutes ago."""
    client.force_login(member("viewer"))
    session = client.session
    session["signed_in_at"] = time.time() - 16 * 60
    session.save()
    return client


def test_right_after_signing_in_nothing_is_asked(client, member):
    """A proof of a minute ago is enough."""
    client.force_login(member("viewer"))
    assert client.get("/dangerous").text == "done"


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_old_sign_in_is_led_to_prove(stale, method):
    """Nothing is done; a read leads back to itself, a write is not repeated by itself."""
    answer = getattr(stale, method)("/dangerous")
    back = "?next=%2Fdangerous" if method == "get" else ""
    assert (answer.status_code, answer["Location"]) == (302, PROVE + back)


def test_htmx_is_led_by_its_own_header(stale):
    """No sign-in form lands inside the panel."""
    answer = stale.get("/dangerous", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (403, PROVE)


def test_the_password_proves_it_and_leads_back(stale):
    """After the proof the act is open, for fifteen minutes."""
    fields = {"password": PASSWORD, "next": "/dangerous"}
    assert stale.post(PROVE, fields)["Location"] == "/dangerous"
    assert stale.get("/dangerous").text == "done"


def test_a_wrong_password_proves_nothing(stale):
    """And it counts as an attempt."""
    assert stale.post(PROVE, {"password": "wrong"}).status_code == 200
    assert stale.get("/dangerous").status_code == 302


def test_it_leads_to_no_other_site(stale):
    """A crafted link cannot send a person away after the proof."""
    fields = {"password": PASSWORD, "next": "https://evil.example/"}
    assert stale.post(PROVE, fields)["Location"] == reverse("ops:overview")


def test_a_password_can_be_set_after_a_proof_only(stale):
    """Who finds an open session cannot take the account over."""
    new = "another long pass phrase"
    fields = {"new_password1": new, "new_password2": new}
    page = reverse("ops:password")
    assert stale.post(page, fields)["Location"] == PROVE
    stale.post(PROVE, {"password": PASSWORD})
    assert stale.post(page, fields)["Location"] == reverse("ops:account")
    assert User.objects.get().check_password(new)


def test_proofs_and_new_passwords_are_in_the_trail(stale):
    """Who proved it, by what, and what it was used for; no password."""
    new = "another long pass phrase"
    stale.post(PROVE, {"password": "wrong"})
    stale.post(PROVE, {"password": PASSWORD})
    fields = {"new_password1": new, "new_password2": new}
    stale.post(reverse("ops:password"), fields)
    rows = AuditEvent.objects.order_by("-seq")[:3]
    assert [(row.action, row.result, row.metadata) for row in rows] == [
        ("account.set_password", "success", {}),
        ("auth.prove", "success", {"reason": "password"}),
        ("auth.sign_in", "failure", {"error_code": "refused"}),
    ]


def test_a_short_password_is_refused(client, member):
    """15 characters at least, and 64 are fine."""
    client.force_login(member("viewer"))
    page = reverse("ops:password")
    for new, status in (("too short, 14", 200), ("ab cd " * 12, 302)):
        fields = {"new_password1": new, "new_password2": new}
        assert client.post(page, fields).status_code == status
