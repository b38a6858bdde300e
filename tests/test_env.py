"""Settings are read with their type, or refused by their name."""

import json

import pytest
from django.core.exceptions import ImproperlyConfigured

from opspanel import env


@pytest.fixture(autouse=True)
def own_run_dir(monkeypatch, tmp_path):
    monkeypatch.setenv("OPSPANEL_RUN_DIR", str(tmp_path))
    env.address_book.cache_clear()
    yield tmp_path
    env.address_book.cache_clear()


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("maybe", lambda: env.flag("THING", default=True)),
        ("LOUD", lambda: env.choice("THING", "INFO", "INFO", "DEBUG")),
        ("mysql://host/x", lambda: env.address("THING", "postgres")),
    ],
)
def test_a_wrong_value_is_refused_by_name_and_never_quoted(monkeypatch, value, read):
    """The message names the variable; the value may be a secret and stays out."""
    monkeypatch.setenv("THING", value)
    with pytest.raises(ImproperlyConfigured, match=r"^THING must") as caught:
        read()
    assert value not in str(caught.value)


def test_a_needed_value_that_is_missing_is_named():
    """A missing setting says its name and where it is documented."""
    with pytest.raises(ImproperlyConfigured, match=r"THING is not set.*settings.md"):
        env.text("THING")


def test_a_secret_may_come_from_a_file(monkeypatch, tmp_path):
    """<NAME>_FILE is read, without the line break that editors leave."""
    (tmp_path / "secret").write_text("hunter2\n")
    monkeypatch.setenv("THING_FILE", str(tmp_path / "secret"))
    assert env.text("THING") == "hunter2"


def test_a_file_that_cannot_be_read_is_named(monkeypatch):
    """A wrong path names the variable that holds it."""
    monkeypatch.setenv("THING_FILE", "no/such/file")
    with pytest.raises(ImproperlyConfigured, match=r"^THING_FILE"):
        env.text("THING")


def test_commands_find_the_servers_of_a_running_stack(own_run_dir):
    """What `up` wrote down is used where the environment says nothing."""
    (own_run_dir / "env.json").write_text(json.dumps({"THING": "from the stack"}))
    assert env.text("THING") == "from the stack"


def test_the_environment_wins_over_a_running_stack(monkeypatch, own_run_dir):
    """A variable that is set is used, whatever else runs in the checkout."""
    (own_run_dir / "env.json").write_text(json.dumps({"THING": "from the stack"}))
    monkeypatch.setenv("THING", "set")
    assert env.text("THING") == "set"


@pytest.mark.parametrize(
    "value",
    [
        "postgres://u:hunter2@db:port/x",
        "postgres://u:hunter2@db:99999/x",
        "redis://:hunter2@/0",
        "http://u:hunter2@[::1/",
        "postgres://u:hunter2@a:5432,b:x/x",
    ],
)
def test_an_address_that_names_no_place_is_refused(monkeypatch, value):
    """Found at the start, not by every pass and page; the password stays out."""
    monkeypatch.setenv("THING", value)
    with pytest.raises(ImproperlyConfigured, match=r"^THING must") as caught:
        env.address("THING", "postgres", "redis", "http")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [
        "postgres://u:p@a:5432,b:5433/x",
        "postgres:///x?host=/run/postgresql",
        "http://[::1]:9090/prometheus",
        "unix:///run/valkey.sock",
        "redis://:p%40ss@cache/0",
    ],
)
def test_an_address_of_any_usual_form_is_taken(monkeypatch, value):
    """Several hosts, sockets, IPv6, paths and escaped passwords are fine."""
    monkeypatch.setenv("THING", value)
    assert env.address("THING", "postgres", "redis", "http", "unix") == value


def test_a_file_and_a_choice_are_checked_at_the_start(monkeypatch, tmp_path):
    """A missing file or an unknown word is refused by the setting's name."""
    monkeypatch.setenv("THING", str(tmp_path / "missing"))
    with pytest.raises(ImproperlyConfigured, match=r"^THING must name a file"):
        env.existing_file("THING")
    with pytest.raises(ImproperlyConfigured, match=r"^THING must be one of A, B"):
        env.choice("THING", "A", "A", "B")


@pytest.fixture
def given(monkeypatch):
    """`given(NAME=value)` reads what is set for sources of panel.toml."""

    def read(**values):
        for name, value in values.items():
            monkeypatch.setenv(f"SOURCE_{name}", value)
        return env.of_sources("SOURCE_")

    return read


def test_what_is_set_for_a_named_source_is_found(given, tmp_path):
    """Plain, or in a file; what names a file by itself stays its path."""
    token, authority = tmp_path / "token", tmp_path / "ca.pem"
    token.write_text("hunter2\n")
    authority.write_text("")
    assert given(
        US_URL="https://host/x", US_TOKEN_FILE=str(token), US_CA_FILE=str(authority)
    ) == {
        "US_URL": "https://host/x",
        "US_TOKEN": "hunter2",
        "US_CA_FILE": str(authority),
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("US_ADDRESS", "nats://host:4222"),
        ("US_URL", "mysql://host/x"),
        ("US_URL", "nats://host:port"),
        ("US_CREDENTIALS_FILE", "no/such/file"),
    ],
)
def test_what_cannot_be_for_a_named_source_is_refused_by_name(given, name, value):
    """A slip in the name would leave the source without its address, unnoticed."""
    with pytest.raises(ImproperlyConfigured, match=f"^SOURCE_{name} must") as caught:
        given(**{name: value})
    assert value not in str(caught.value)
