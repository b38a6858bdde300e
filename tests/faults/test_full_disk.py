"""The disk of the panel's own Postgres is full: a small one, which the test fills."""

import os
import pwd
import random
import secrets
import subprocess
from contextlib import contextmanager, suppress
from string import ascii_lowercase

import psycopg
import pytest
from django.db import OperationalError, connection
from django.urls import reverse

from opspanel.models import AuditEvent, IncidentEvent

FULL = "has no room left on its disk"
DICE = random.Random(1)


@pytest.fixture(scope="module")
def disk(own_postgres, tmp_path_factory):
    """For the panel's tables alone; the server's log of changes is elsewhere."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    place = tmp_path_factory.mktemp("disk")
    owner = pwd.getpwnam("nobody")
    rights = f"size=48m,mode=0700,uid={owner.pw_uid},gid={owner.pw_gid}"
    mount = ["mount", "-t", "tmpfs", "-o", rights, "none", str(place)]
    if subprocess.run(mount, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    connection.close()
    with psycopg.connect(own_postgres.server.url("postgres"), autocommit=True) as one:
        one.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
        one.execute("ALTER DATABASE panel SET TABLESPACE small")
    yield place
    connection.close()
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextmanager
def filled(disk):
    """To the last byte, also of the pages that tables have begun."""
    filler = disk / "filler"
    with pytest.raises(OSError, match="space"):
        write_without_end(filler)
    with pytest.raises(OperationalError, match="space"):
        sign_in_without_end()
    yield
    filler.unlink()


def write_without_end(filler):
    with filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)


def sign_in_without_end():
    row = "INSERT INTO ops_session VALUES (%s, %s, now(), NULL)"
    with connection.cursor() as cursor:
        while True:
            cursor.execute(row, [secrets.token_hex(16), "x" * 1_000])


def prose():
    """Words that nobody takes for a secret."""
    return " ".join("".join(DICE.sample(ascii_lowercase, 4)) for _ in range(750))


def refused(send):
    """The first answer that is; what pages of its tables had room for went in."""
    for _ in range(10):
        typed = prose()
        answer = send(typed)
        if answer.status_code != 303:
            return typed, answer
    pytest.fail("there is room on a full disk")


def test_pages_go_on_and_what_is_typed_is_kept(disk, browser, incident):
    """A recording is 503 and given back whole; nothing of it is stored."""
    address, token = reverse("ops:incident-note", args=[incident.id]), browser.token()
    with filled(disk):
        typed, answer = refused(lambda note: browser.sends(address, token, note=note))
        assert answer.status_code == 503
        assert FULL in answer.text
        assert typed in answer.text
        assert not IncidentEvent.objects.filter(body=typed).exists()
        assert browser.client.get(reverse("ops:overview")).status_code == 200
        assert browser.client.get(reverse("readyz")).status_code == 200
        rows = AuditEvent.objects.count()
        assert browser.sends(address, token, note=typed).status_code == 503
        assert AuditEvent.objects.count() == rows
    assert browser.sends(address, token, note=typed).status_code == 303
    assert IncidentEvent.objects.filter(body=typed).count() == 1


def test_a_page_that_cannot_note_its_session_goes_on(disk, browser):
    """Each minute's note needs a row anew, until there is no room for one."""
    with filled(disk):
        answers = []
        for _ in range(20):
            with suppress(OperationalError):
                browser.pause()
            answers.append(browser.client.get(reverse("ops:overview")).status_code)
    assert set(answers) == {200}
