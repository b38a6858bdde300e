"""Settings of single sign-on are refused at the start, by their name."""

import json
import runpy

import pytest
from django.core.exceptions import ImproperlyConfigured

from opspanel import env, known_secrets
from opspanel.sanitize import sanitize

SECRET = "blue horses/run & sleep?"
RIGHT = {
    "OPSPANEL_OIDC_ISSUER": "https://id.example.org/realms/ops",
    "OPSPANEL_OIDC_CLIENT_ID": "panel",
    "OPSPANEL_OIDC_CLIENT_SECRET": SECRET,
    "OPSPANEL_OIDC_ROLES": json.dumps({"CN=ops,OU=a=b": "on-call"}),
}


@pytest.fixture
def loaded(monkeypatch):
    """The settings as a process that starts with these variables reads them."""

    def load(**variables):
        for name, value in {**RIGHT, **variables}.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        return runpy.run_path("opspanel/settings.py")

    return load


def test_a_whole_configuration_is_taken(loaded):
    """Groups of any spelling; the browser's policy names the issuer's origin alone."""
    found = loaded()
    assert found["OPSPANEL_OIDC_ISSUER"] == RIGHT["OPSPANEL_OIDC_ISSUER"]
    assert found["OPSPANEL_OIDC_ROLES"] == {"CN=ops,OU=a=b": "on-call"}
    policy = found["SECURE_CSP"]["form-action"]
    assert policy == ["'self'", "https://id.example.org"]


def test_without_an_issuer_nothing_is_needed(loaded):
    """Local accounts alone, and no word of it in the policy."""
    found = loaded(**dict.fromkeys(RIGHT))
    assert found["OPSPANEL_OIDC_ISSUER"] is None
    assert found["SECURE_CSP"]["form-action"] == ["'self'"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPSPANEL_OIDC_ISSUER", "http://id.example.org"),
        ("OPSPANEL_OIDC_ISSUER", "https://"),
        ("OPSPANEL_OIDC_ISSUER", "ftp://id.example.org"),
        ("OPSPANEL_OIDC_ISSUER", "https://user:word@id.example.org"),
        ("OPSPANEL_OIDC_ISSUER", "https://id.example.org/?a=b"),
        ("OPSPANEL_OIDC_ISSUER", "https://id.example.org/#x"),
        ("OPSPANEL_OIDC_ISSUER", "https://id.example.org; script-src *"),
        ("OPSPANEL_OIDC_ISSUER", f"https://id.example.org/{'x' * 200}"),
        ("OPSPANEL_OIDC_CLIENT_ID", None),
        ("OPSPANEL_OIDC_CLIENT_SECRET", None),
        ("OPSPANEL_OIDC_ROLES", None),
        ("OPSPANEL_OIDC_ROLES", "{}"),
        ("OPSPANEL_OIDC_ROLES", "ops=admin"),
        ("OPSPANEL_OIDC_ROLES", '["admin"]'),
        ("OPSPANEL_OIDC_ROLES", '{"ops": "root"}'),
        ("OPSPANEL_OIDC_ROLES", '{"ops": ["admin"]}'),
        ("OPSPANEL_OIDC_CA_FILE", "no/such/file"),
        ("OPSPANEL_LOCAL_SIGN_IN", "maybe"),
    ],
)
def test_a_wrong_value_stops_the_start_by_its_name(loaded, name, value):
    """The value is not quoted: it may be a secret in the wrong place."""
    with pytest.raises(ImproperlyConfigured, match=rf"^{name} ") as caught:
        loaded(**{name: value})
    assert value is None or value == "{}" or value not in str(caught.value)


def test_local_accounts_close_only_with_another_way_in(loaded):
    """A break-glass account must be named, and a provider must be there."""
    off = {"OPSPANEL_LOCAL_SIGN_IN": "false"}
    with pytest.raises(ImproperlyConfigured, match=r"^OPSPANEL_BREAK_GLASS_ACCOUNT "):
        loaded(**off)
    off["OPSPANEL_BREAK_GLASS_ACCOUNT"] = "glass"
    assert loaded(**off)["OPSPANEL_LOCAL_SIGN_IN"] is False
    with pytest.raises(ImproperlyConfigured, match=r"^OPSPANEL_LOCAL_SIGN_IN must"):
        loaded(**dict.fromkeys(RIGHT), **off)


def test_http_is_for_this_machine_alone(loaded):
    """For a try on loopback; the browser's policy names the port."""
    for issuer in ("http://127.0.0.1:8080", "http://localhost:8080/realms/ops"):
        assert loaded(OPSPANEL_OIDC_ISSUER=issuer)["OPSPANEL_OIDC_ISSUER"] == issuer
    assert env.origin("http://[::1]:80/x") == "http://[::1]"


def test_the_secret_may_come_from_a_file_and_is_shown_nowhere(
    loaded, tmp_path, settings
):
    """It is among what the process holds and never shows."""
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    found = loaded(
        OPSPANEL_OIDC_CLIENT_SECRET=None,
        OPSPANEL_OIDC_CLIENT_SECRET_FILE=str(tmp_path / "secret"),
    )
    settings.OPSPANEL_OIDC_CLIENT_SECRET = found["OPSPANEL_OIDC_CLIENT_SECRET"]
    known_secrets.register_all(settings)
    assert SECRET not in sanitize(f"it said {SECRET} and went")
