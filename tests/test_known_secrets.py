"""What this process holds is not shown by it, in whatever form it comes along."""

import base64
import logging
import secrets
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.conf import settings
from django.utils import timezone

from opspanel import known_secrets
from opspanel.asking import Sources
from opspanel.collect import Collector
from opspanel.logs import LineFormatter
from opspanel.panel.load import configured_panel
from opspanel.sanitize import PLACEHOLDER, sanitize
from opspanel.snapshot.codec import to_json
from opspanel.snapshot.store import MemoryStore
from tests.test_docs import settings_read

# Words with marks: no rule takes it for a secret, only the registry knows it. In base64
# it ends as `Pw==`, which is no name that the next word is assigned to.
ACT = "jump"
PASSWORD = f"blue horses/{ACT} & sleep?"
FORMS = {
    "plain": PASSWORD,
    "percent": quote(PASSWORD, safe=""),
    "base64": base64.b64encode(PASSWORD.encode()).decode(),
    "base64 inside more": base64.b64encode(f"as {PASSWORD}!".encode()).decode(),
    "hex": PASSWORD.encode().hex(),
}


def held(**given):
    return set(known_secrets.held(SimpleNamespace(**given)))


@pytest.fixture(scope="module", autouse=True)
def registered():
    url = f"postgres://panel:{quote(PASSWORD, safe='')}@db.internal/panel"
    known_secrets.register_all(SimpleNamespace(DATABASE_URL=url))


def formatted(**given):
    return LineFormatter().format(logging.makeLogRecord(given))


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_log_line_does_not_show_the_database_password(form):
    """In the message, in an argument, and in an exception's text."""
    line = formatted(msg="tried %s twice, then %s", args=(form, [form]))
    assert form not in line
    assert "tried [REDACTED] twice, then" in line
    error = ValueError(f"could not use {form} here")
    assert form not in formatted(msg="x", exc_info=(ValueError, error, None))


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_snapshot_does_not_show_the_database_password(form):
    """A field that holds it is stored with a placeholder in its place."""
    configured = configured_panel()
    named = configured.panel.model_copy(update={"environment": f"eu {form} one"})
    panel = configured.model_copy(update={"panel": named})
    with Collector(Sources(), [MemoryStore()], panel) as passes:
        body = to_json(passes.take(timezone.now())).decode()
    assert form not in body
    assert f'"environment":"eu {PLACEHOLDER} one"' in body


def test_the_running_process_has_registered_its_own():
    """Django's start did it: the key that signs sessions is not shown."""
    assert settings.SECRET_KEY not in sanitize(f"signed with {settings.SECRET_KEY}")
    password = next(known_secrets.in_address(settings.REDIS_URL), None)
    assert password is None or password not in sanitize(f"{password} it was")


def test_addresses_give_every_credential_that_they_hold():
    """Several servers, options, and NATS's way of a token instead of a user."""
    found = held(
        NATS_URL="nats://one:first-pw@a:4222,nats://lone-token@b:4222",
        DATABASE_URL="postgres://u:p%40ss@h1,h2/x?sslpassword=third-pw&sslmode=prefer",
        REDIS_URL="redis://:fourth-pw@localhost/0",
        PROMETHEUS_URL="http://reader@prometheus:9090",
    )
    wanted = {"first-pw", "lone-token", "p@ss", "third-pw", "fourth-pw"}
    assert wanted <= found
    assert not found & {"one", "u", "reader", "prefer"}


def test_a_credentials_file_gives_its_key_and_its_token(tmp_path):
    """The lines between the marks are secret, the words around them are not."""
    seed, token = f"SU{secrets.token_hex(28).upper()}", f"eyJ{secrets.token_hex(40)}"
    path = tmp_path / "user.creds"
    path.write_text(
        f"-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n"
        "*** IMPORTANT ***\nNKEY Seed printed below can be used to sign.\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
    )
    assert held(NATS_CREDENTIALS_FILE=str(path)) - {""} == {seed, token}


def test_a_credentials_file_that_is_not_there_does_not_stop_the_start(tmp_path):
    """Whoever reads the file for its work says what is wrong with it."""
    known_secrets.register_all(
        SimpleNamespace(NATS_CREDENTIALS_FILE=str(tmp_path / "none"))
    )


def test_short_passwords_are_left_out():
    """Three characters are in every second word; they must not stop the start."""
    known_secrets.register_all(SimpleNamespace(PROMETHEUS_PASSWORD="abc"))
    assert sanitize("abc is in abcde") == "abc is in abcde"


def test_every_setting_that_holds_a_credential_is_known():
    """Whoever adds a setting with a credential must say so in known_secrets."""
    marks = ("_URL", "_TOKEN", "_PASSWORD", "SECRET", "CREDENTIALS", "_KEY")
    named = {name for name in settings_read() if any(map(name.__contains__, marks))}
    known = {
        *known_secrets.TEXTS,
        *known_secrets.LISTS,
        *known_secrets.ADDRESSES,
        "NATS_CREDENTIALS_FILE",
    }
    assert named <= known


def test_credentials_of_named_sources_are_known(tmp_path):
    """In their addresses, by themselves, and in the files that they name."""
    key, word = secrets.token_hex(20), secrets.token_hex(8)
    path = tmp_path / "us.creds"
    path.write_text(f"-----BEGIN SEED-----\n{key}\n")
    given = {
        "US_NATS_URL": f"nats://panel:{word}@host:4222",
        "US_NATS_CREDENTIALS_FILE": str(path),
        "US_PROMETHEUS_TOKEN": PASSWORD,
        "US_PROMETHEUS_USERNAME": "panel",
    }
    assert {key, word, PASSWORD} <= held(OPSPANEL_SOURCES=given)
    assert "panel" not in held(OPSPANEL_SOURCES=given)
