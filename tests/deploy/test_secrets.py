"""`make secrets`, and how the image's own files stand together."""

import importlib.util
import re

import pytest

from opspanel.env import address
from tests.deploy.places import CHECKOUT, COMPOSE, DEPLOY

spec = importlib.util.spec_from_file_location(
    "make_secrets", DEPLOY / "make_secrets.py"
)
script = importlib.util.module_from_spec(spec)
spec.loader.exec_module(script)


@pytest.fixture
def folder(tmp_path):
    script.main(tmp_path / "secrets")
    return tmp_path / "secrets"


def test_it_makes_what_compose_takes(folder):
    """Each secret of docker-compose.yml, by the name of its file, and no other."""
    wanted = {
        each["file"].removeprefix(".secrets/") for each in COMPOSE["secrets"].values()
    }
    assert {path.name for path in folder.iterdir() if path.name[0] != "."} == wanted


def test_only_its_owner_gets_at_them(folder):
    """The folder is closed; files in it are open, since containers' users are nobody here."""
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o444}


def test_what_is_there_stays(folder):
    """Else a second run would lock the panel out of its own database."""
    before = {path.name: path.read_text() for path in folder.iterdir()}
    script.main(folder)
    assert {path.name: path.read_text() for path in folder.iterdir()} == before


def test_no_two_are_alike(folder):
    """Each is drawn for itself, of 48 random bytes."""
    drawn = [(folder / name).read_text() for name in script.KEPT]
    drawn += [(folder / f".{name}").read_text() for name in script.WITHIN]
    assert len(set(drawn)) == len(drawn)
    assert min(map(len, drawn)) == 64


@pytest.mark.parametrize(
    ("name", "schemes"),
    [
        ("DATABASE_URL", ["postgresql"]),
        ("NODE_TASKS_DATABASE_URL", ["postgresql"]),
        ("REDIS_URL", ["redis"]),
        ("NATS_URL", ["nats"]),
    ],
)
def test_the_panel_reads_them_from_files(folder, monkeypatch, name, schemes):
    """By the variables that docker-compose.yml sets."""
    path = COMPOSE["services"]["web-1"]["environment"][f"{name}_FILE"]
    monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(f"{name}_FILE", path.replace("/run/secrets", str(folder)))
    assert address(name, *schemes).startswith(f"{schemes[0]}://")


def test_no_secret_stands_in_the_compose_file():
    """Passwords come as files; what stands there in the open opens nothing."""
    for name, service in COMPOSE["services"].items():
        for key, value in (service.get("environment") or {}).items():
            open_words = {"unused", "postgresql://localhost/none"}
            secret = re.search(r"PASSWORD|SECRET|TOKEN|DATABASE_URL|_DSN", key)
            named = key.endswith(("_FILE", "__FILE"))
            assert not secret or named or value in open_words, (name, key)


def test_git_and_the_image_leave_secrets_alone():
    """Neither takes them along."""
    assert ".secrets/" in (CHECKOUT / ".gitignore").read_text().splitlines()
    taken = (CHECKOUT / ".dockerignore").read_text().splitlines()
    assert taken[1] == "*"
    assert not any(".secrets" in line or ".run" in line for line in taken)


def copied():
    """What the Dockerfile takes from the checkout."""
    text = (DEPLOY / "Dockerfile").read_text()
    for line in re.findall(r"(?m)^COPY (?!--from)(.*)$", text):
        yield from line.split()[:-1]


def test_the_image_is_made_of_what_is_there():
    """Each file exists, and .dockerignore lets it through."""
    let_through = (CHECKOUT / ".dockerignore").read_text().splitlines()
    for path in copied():
        assert (CHECKOUT / path).exists(), path
        assert f"!{path.rstrip('/')}" in let_through, path


def test_the_image_installs_from_the_hashed_lock_alone():
    """As wheels, of one base that is pinned, and runs as nobody."""
    text = (DEPLOY / "Dockerfile").read_text()
    installs = text.replace("\\\n", " ").count("pip install")
    assert (
        installs
        == text.count("--require-hashes")
        == text.count("--only-binary :all:")
        == 2
    )
    outside = re.findall(r"(?m)^FROM (\S+:\S+)", text)
    assert outside == ["python:3.13.12-slim-bookworm"]
    panel, demo = text.split(" AS panel\n")[1].split("FROM code AS demo")
    assert re.findall(r"(?m)^USER (.*)$", panel)[-1] == "10001:10001"
    assert "USER" not in demo


def test_the_web_server_is_started_as_everywhere():
    """With the same words as `make run` says to granian, but for addresses; how many
    processes is said by a variable, which a replica may set to one."""
    stack = (CHECKOUT / "opspanel/embedded/stack.py").read_text()
    words = r'"(--(?:workers|blocking|respawn|back|no-ws|log-level=warning)[^"]*)"'
    said = set(re.findall(words, stack))
    text = (DEPLOY / "Dockerfile").read_text()
    assert said - set(re.findall(r'"(--[^"]+)"', text)) == {"--workers=2"}
    assert "ENV GRANIAN_WORKERS=2\n" in text
