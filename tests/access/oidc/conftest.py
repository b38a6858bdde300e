"""A panel that signs in by single sign-on, and who it signs in with."""

import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.db.models import Max
from django.test import Client
from django.urls import reverse

from opspanel import env
from opspanel.models import AuditEvent
from tests.access.oidc.liar import Liar
from tests.node import node

HERE = Path(__file__).parent
ROLES = {"ops-viewers": "viewer", "ops-oncall": "on-call", "ops-admins": "admin"}
SECRET = "a secret of the panel: 100% its own"
trail = {"before": 0}


def start(redirect_uri):
    """A real provider that leads back to `redirect_uri` only."""
    return subprocess.Popen(
        [node(), "--no-warnings", "provider.mjs", redirect_uri],
        cwd=HERE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


class Provider:
    """A real identity provider, and the browser of whoever signs in at it."""

    def __init__(self, issuer):
        self.issuer = issuer
        self.browser = httpx.Client(trust_env=False)

    def expect(self, sub, groups=(), *, acr=None, amr=None, **claims):
        """This person sits at the browser from now on."""
        self.browser.cookies.clear()
        claims["groups"] = list(groups)
        person = {"sub": sub, "acr": acr, "amr": amr, "claims": claims}
        self.browser.post(f"{self.issuer}/person", json=person)

    def visit(self, url):
        """Sign in there; the address that the browser is led back to."""
        while url.startswith(self.issuer):
            answer = self.browser.get(url)
            assert answer.is_redirect, answer.text
            url = str(httpx.URL(url).join(answer.headers["Location"]))
        return url


@pytest.fixture(scope="session")
def real_provider():
    callback = "http://testserver/admin/ops/sign-in/provider/callback"
    process = start(callback)
    try:
        provider = Provider(process.stdout.readline().strip())
        yield provider
        provider.browser.close()
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


@pytest.fixture
def trusting(settings):
    """Makes the panel trust an issuer."""

    def trust(issuer):
        settings.OPSPANEL_OIDC_ISSUER = issuer
        settings.OPSPANEL_OIDC_CLIENT_ID = "panel"
        settings.OPSPANEL_OIDC_CLIENT_SECRET = SECRET
        settings.OPSPANEL_OIDC_ROLES = ROLES
        settings.OPSPANEL_OIDC_NAME = "Example ID"
        policy = {**settings.SECURE_CSP}
        policy["form-action"] = [*policy["form-action"], env.origin(issuer)]
        settings.SECURE_CSP = policy

    return trust


@pytest.fixture
def provider(real_provider, trusting):
    trusting(real_provider.issuer)
    return real_provider


@pytest.fixture
def liar(trusting):
    """A provider of our own that says whatever a test wants."""
    with Liar() as liar:
        trusting(liar.issuer)
        yield liar


def leave(client, **fields):
    """Press the button: the provider's address that the browser is led to."""
    answer = client.post(reverse("ops:sign-on"), fields)
    assert answer.status_code == 302, answer.text
    return answer["Location"]


def asked(url):
    """What the panel asks the provider for, one value for each name."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def come_back(client, url):
    parts = urlsplit(url)
    return client.get(f"{parts.path}?{parts.query}")


def sign_on(client, provider, **fields):
    """All of it: the panel's last answer."""
    return come_back(client, provider.visit(leave(client, **fields)))


@pytest.fixture(autouse=True)
def trail_before(db):
    """Rows of tests before stay: nothing empties the trail."""
    trail["before"] = AuditEvent.objects.aggregate(last=Max("seq"))["last"] or 0


def rows():
    """What this test has added to the trail."""
    return AuditEvent.objects.filter(seq__gt=trail["before"]).order_by("seq")


def reasons():
    """Codes of the refused sign-ins among them."""
    refused = rows().filter(action="auth.sign_in", result="failure")
    return [row.metadata["error_code"] for row in refused]


@pytest.fixture
def stranger():
    return Client()
