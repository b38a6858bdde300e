"""What a first visit and a refresh weigh on the wire."""

import gzip
import re

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from opspanel.models import User
from tests.live.conftest import shown_version

GZIP = {"Accept-Encoding": "gzip"}
STATIC = re.compile(r' (?:src|href)="(/static/[^"]+)"')


@pytest.fixture(params=["viewer", "admin"])
def first_visit(request, client, collected):
    """`{address: answer}` of all that a browser asks for on its first visit."""
    user = User.objects.create(username="vera", password="!")
    user.groups.add(Group.objects.get(name=request.param))
    client.force_login(user)
    address = reverse("ops:overview")
    page = client.get(address, headers=GZIP)
    links = STATIC.findall(gzip.decompress(page.content).decode())
    return {address: page} | {link: client.get(link, headers=GZIP) for link in links}


def sent(answer):
    if answer.streaming:
        answer.body = getattr(answer, "body", None) or b"".join(
            answer.streaming_content
        )
        return answer.body
    return answer.content


def test_a_first_visit_is_light(first_visit, record_property):
    """Page, style, script and icon: at most 6 requests and 45 KB."""
    assert {answer.status_code for answer in first_visit.values()} == {200}
    total = sum(len(sent(answer)) for answer in first_visit.values())
    record_property("requests", len(first_visit))
    record_property("bytes", total)
    assert len(first_visit) <= 6
    assert total <= 45_000


def test_what_does_not_change_is_asked_for_once(first_visit):
    """Style, script and icon carry their hash in the name, are compressed beforehand,
    and may be kept for ever."""
    files = {name: answer for name, answer in first_visit.items() if "/static/" in name}
    assert {name.rpartition(".")[2] for name in files} == {"css", "js", "svg"}
    for name, answer in files.items():
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", name)
        assert "immutable" in answer["Cache-Control"]
        sent(answer)
        if not name.endswith(".svg"):
            assert answer["Content-Encoding"] == "gzip"


def test_an_unchanged_refresh_is_two_hundred_bytes(site, reader):
    """With status line, and what the server adds: its name and the date."""
    answer = site.ask(reader(), QUERY_STRING=f"v={shown_version()}")
    assert answer.status == 204
    added = [("server", "granian"), ("date", "Thu, 26 Nov 2026 00:55:14 GMT")]
    lines = [f"{name}: {value}" for name, value in [*answer.headers, *added]]
    whole = "\r\n".join(["HTTP/1.1 204 No Content", *lines, "", ""])
    assert len(whole) <= 200
