"""What stands on every answer of the panel, whoever gave it."""

from collections import Counter
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.templatetags.static import static
from django.test import Client
from django.urls import reverse

from opspanel.access import tokens
from opspanel.models import User
from tests.access.cells import METHODS, arguments, routes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_snapshots")]
WHOLE = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Reporting-Endpoints": 'csp="/ops/csp-report"',
    "X-Content-Type-Options": "nosniff",
}
# Each without what a nonce may add.
DIRECTIVES = {
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types htmx",
    "report-uri /ops/csp-report",
}
# On the wall, which alone has a worker, and no htmx.
ON_THE_WALL = DIRECTIVES - {"trusted-types htmx"} | {
    "trusted-types wall",
    "worker-src 'self'",
}
OWN = ("publickey-credentials-create", "publickey-credentials-get")
OFF = ("camera", "geolocation", "microphone", "payment", "usb")
HSTS = "max-age=31536000; includeSubDomains; preload"


def faults(response, *, kept=False, directives=DIRECTIVES):
    """What is missing; `kept`: it is a file with its hash in its name."""
    for name, value in WHOLE.items():
        if response.get(name) != value:
            yield f"{name}: {response.get(name)}"
    caching = response.get("Cache-Control", "")
    if ("no-store" in caching) == kept or ("immutable" in caching) != kept:
        yield f"Cache-Control: {caching}"
    policy = {part.strip() for part in response["Content-Security-Policy"].split(";")}
    scripts = policy - directives
    nonce = all(part.startswith("script-src 'nonce-") for part in scripts)
    if not policy >= directives or len(scripts) > 1 or not nonce:
        yield f"Content-Security-Policy: {policy ^ directives}"
    allowed = response["Permissions-Policy"].split(", ")
    wanted = {f"{feature}=(self)" for feature in OWN} | {f"{off}=()" for off in OFF}
    if not wanted <= set(allowed):
        yield f"Permissions-Policy: {allowed}"
    if "Access-Control-Allow-Origin" in response:
        yield "Access-Control-Allow-Origin is there"


@pytest.fixture
def visitor():
    """Makes a browser: of a stranger, of somebody without a role, of an admin."""
    nobody, ada = (
        User.objects.create_user(name, password="a long pass phrase")
        for name in ("nobody", "ada")
    )
    ada.groups.add(Group.objects.get(name="admin"))

    def browser(user=None):
        client = Client(raise_request_exception=False)
        if user:
            client.force_login(user)
        return client

    return {
        "stranger": browser,
        "nobody": partial(browser, nobody),
        "admin": partial(browser, ada),
    }


@pytest.mark.parametrize("who", ["stranger", "nobody", "admin"])
def test_every_route_answers_every_method_under_the_policy(visitor, who):
    """As a page and as htmx, allowed or refused."""
    found, seen = {}, Counter()
    for name in routes():
        address, client = reverse(name, args=arguments(name)), visitor[who]()
        policy = ON_THE_WALL if name == "ops:wall" else DIRECTIVES
        for method in METHODS:
            for headers in ({}, {"HX-Request": "true"}):
                answer = client.generic(method, address, headers=headers)
                seen[answer.status_code] += 1
                if wrong := list(faults(answer, directives=policy)):
                    found[name, method] = wrong
    assert found == {}
    assert (
        set(seen)
        >= {
            "stranger": {200, 204, 302, 401, 405},
            "nobody": {200, 204, 302, 403, 405},
            "admin": {200, 204, 302, 400, 405, 503},
        }[who]
    )
    assert sum(seen.values()) == len(routes()) * len(METHODS) * 2


@pytest.mark.parametrize(
    ("address", "more", "status"),
    [
        ("/admin/ops/trace", {}, 400),
        ("/nowhere", {}, 404),
        ("/nowhere", {"HTTP_HOST": "elsewhere.example"}, 400),
        ("/static/css/none.css", {}, 404),
        ("/static/css/base.css", {}, 200),
        ("/fails", {}, 500),
        ("/", {}, 302),
    ],
)
def test_errors_redirects_and_plain_files_do_too(
    visitor, settings, address, more, status
):
    """What no view of ours has answered, and a view that failed."""
    settings.ROOT_URLCONF = "tests.policy.broken_urls"
    answer = visitor["admin"]().get(address, **more)
    assert b"".join(answer) or status == 302
    assert answer.status_code == status
    assert list(faults(answer)) == []


def test_a_report_that_is_too_long_is_refused_under_the_policy(client):
    """413, and no more of it is read."""
    answer = client.post("/ops/csp-report", b"x" * 8193, content_type="text/plain")
    assert answer.status_code == 413
    assert list(faults(answer)) == []


def test_only_a_file_with_its_hash_in_its_name_is_kept(client):
    """A year, because another content would have another name."""
    answer = client.get(static("css/base.css"))
    assert b"@layer" in b"".join(answer)
    assert list(faults(answer, kept=True)) == []
    answer = client.post(static("css/base.css"))
    assert answer.status_code == 405
    assert list(faults(answer)) == []


def test_what_is_not_modified_is_under_the_policy_too(client):
    """304 of a file, and of a feed by its token: a browser renews its headers by it."""
    file = client.get(static("css/base.css"))
    assert b"".join(file)
    since = {"If-Modified-Since": file["Last-Modified"]}
    answer = client.get(static("css/base.css"), headers=since)
    assert answer.status_code == 304
    assert list(faults(answer, kept=True)) == []
    token = tokens.issue("feed", tokens.READ_INCIDENTS, timedelta(hours=1))
    asked = {"Authorization": f"Bearer {token}"}
    for name in ("api:feed-json", "api:feed-atom"):
        feed = client.get(reverse(name), headers=asked)
        assert (feed.status_code, list(faults(feed))) == (200, [])
        known = asked | {"If-None-Match": feed["ETag"]}
        answer = client.get(reverse(name), headers=known)
        assert (answer.status_code, list(faults(answer))) == (304, [])


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("api:incidents", '{"title": "Checkout"}', 201),
        ("api:incidents", "nonsense", 422),
        ("api:events", '{"type": "acknowledge"}', 404),
    ],
)
def test_machines_are_answered_under_the_policy(client, name, body, status):
    """Recorded or refused: no page is there, and none can be made of it."""
    token = tokens.issue("script", tokens.RECORD_INCIDENTS, timedelta(hours=1))
    answer = client.post(
        reverse(name, args=arguments(name)),
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())},
    )
    assert (answer.status_code, list(faults(answer))) == (status, [])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Accept": "text/json"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_what_is_forged_is_refused_under_the_policy(headers, status):
    """As a page and as an envelope."""
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("ops:sign-in"), headers=headers)
    assert (answer.status_code, list(faults(answer))) == (status, [])


def test_who_guesses_too_often_is_told_under_the_policy(client):
    """429, with the form."""
    fields = {"login": "nobody", "password": "wrong"}
    told = [client.post(reverse("ops:sign-in"), fields) for _ in range(6)]
    assert told[-1].status_code == 429
    assert [list(faults(answer)) for answer in told] == [[]] * 6


@pytest.fixture
def production(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("address", ["/", "/healthz", "/nowhere", "/admin/ops/trace"])
def test_in_production_https_is_for_good(production, address):
    """HSTS on each answer over https; plain http is only led there, or to liveness."""
    answer = production.get(address, secure=True)
    assert answer["Strict-Transport-Security"] == HSTS
    assert list(faults(answer)) == []
    plain = production.get(address)
    assert plain.status_code == (200 if address == "/healthz" else 301)
    assert list(faults(plain)) == []


def test_a_foreign_host_is_refused_under_the_policy(production):
    """Although Django's own middleware refuses it before it adds its headers."""
    answer = production.get("/", HTTP_HOST="elsewhere.example")
    assert answer.status_code == 400
    assert list(faults(answer)) == []


def test_the_policy_has_a_nonce_of_its_own_each_time(visitor):
    """Where scripts run; elsewhere there is none, and none could be guessed."""
    client = visitor["admin"]()
    pages = [client.get("/admin/ops/overview") for _ in range(2)]
    first, second = (page["Content-Security-Policy"] for page in pages)
    assert "script-src 'nonce-" in first
    assert first != second
    nowhere = visitor["stranger"]().get("/nowhere")
    assert "script-src" not in nowhere["Content-Security-Policy"]
