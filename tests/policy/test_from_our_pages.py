"""Requests that another site made a browser send, told by the browser's own word."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db
SIGN_OUT, OVERVIEW = "/admin/ops/sign-out", "/admin/ops/overview"


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", [SIGN_OUT, OVERVIEW, "/ops/csp-report", "/nowhere"])
def test_nothing_is_changed_for_another_site(client, method, path, site):
    """Also a neighbour under the same domain is another site; any route refuses."""
    answer = getattr(client, method)(path, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 403
    assert "came from another site" in answer.text


@pytest.mark.parametrize("site", ["same-origin", "none", None])
def test_ones_own_pages_may(client, site):
    """As may a typed address, and whoever sends no such header."""
    headers = {"Sec-Fetch-Site": site} if site else {}
    assert client.post(SIGN_OUT, headers=headers).status_code == 302


def test_a_link_from_another_site_still_leads_here(client):
    """Looking changes nothing: a chat may link to the overview."""
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}
    answer = client.get(OVERVIEW, headers=headers)
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"{reverse('ops:sign-in')}?next={OVERVIEW}",
    )


@pytest.mark.parametrize("dest", ["document", "iframe", "image", "script", "style"])
def test_a_fragment_is_for_scripts_alone(client, dest):
    """Never shown as a page, where it would be without its frame."""
    asked = {"HX-Request": "true", "Sec-Fetch-Dest": dest}
    answer = client.get(OVERVIEW, headers=asked)
    assert answer.status_code == 403
    assert answer.json()["code"] == "foreign_origin"
    asked["Sec-Fetch-Dest"] = "empty"
    assert client.get(OVERVIEW, headers=asked).status_code == 401


def test_it_is_written_down(client, caplog):
    """One word to alarm on, and where."""
    client.post(SIGN_OUT, headers={"Sec-Fetch-Site": "cross-site"})
    (line,) = [each for each in caplog.records if each.name.endswith("browser_policy")]
    assert (line.getMessage(), line.path) == ("malicious_cors", SIGN_OUT)
