"""Commands, run as an engineer runs them, searched for what they must not print."""

import io
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from opspanel.clean_command import CleanCommand
from opspanel.sanitize import PLACEHOLDER
from tests.servers import environment

WORD = "falcon7battery"


class Command(CleanCommand):
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("act")

    def handle(self, *_args, **options):
        getattr(self, options["act"])()

    def say(self):
        self.stdout.write(f"password={WORD}")
        self.stderr.write(f"the password is {WORD}")
        self.stdout.write("BILLING is 12 deep")

    def show(self):
        self.print_as_is(WORD)

    def refuse(self):
        message = f"no access with password={WORD}"
        raise CommandError(message)

    def fail(self):
        error = ValueError({"password": WORD})
        error.add_note(f"api_key={WORD}")
        raise error


def run(act):
    """Standard output, standard error and exit code, as from the command line."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        Command(stdout=out, stderr=err).run_from_argv(["manage.py", "it", act])
    except SystemExit as end:
        code = end.code
    return out.getvalue(), err.getvalue(), code


def test_what_a_command_prints_is_cleaned():
    """On both streams; harmless lines stay as they are, line by line."""
    out, err, code = run("say")
    assert out == f"password={PLACEHOLDER}\nBILLING is 12 deep\n"
    assert err == f"the password is {PLACEHOLDER}\n"
    assert code == 0


def test_output_that_a_caller_asked_for_is_cleaned_too():
    """`call_command` puts its own stream in the place of the first."""
    out = io.StringIO()
    call_command(Command(), "say", stdout=out, stderr=io.StringIO())
    assert WORD not in out.getvalue()


def test_a_refusal_is_cleaned():
    """The message of a CommandError is a line like any other."""
    out, err, code = run("refuse")
    assert WORD not in out + err
    assert f"password={PLACEHOLDER}" in err
    assert code == 1


def test_an_unexpected_error_is_told_without_its_secrets():
    """Its type and where it happened are told; the exit code is 1."""
    out, err, code = run("fail")
    assert WORD not in out + err
    assert "ValueError" in err
    assert "in fail" in err
    assert code == 1


def test_a_secret_that_was_asked_for_is_printed():
    """A command that makes a token is of no use without it."""
    assert run("show")[0] == f"{WORD}\n"


@pytest.mark.django_db
def test_a_new_token_is_shown_whole():
    """Once, to the one who makes it."""
    out = io.StringIO()
    call_command("token", "make", "backup", stdout=out)
    assert PLACEHOLDER not in out.getvalue()
    assert len(out.getvalue().strip()) > 20


def test_a_command_that_cannot_reach_the_database_keeps_its_password():
    """As a process of its own: what Python itself would print counts, too."""
    url = f"postgres://panel:{WORD}@127.0.0.1:1/panel"
    given = environment | {
        "DATABASE_URL": url,
        "REDIS_URL": f"redis://:{WORD}@127.0.0.1:1",
    }
    for words in (["collect", "--once"], ["doctor"], ["token", "list"]):
        made = subprocess.run(
            [sys.executable, "manage.py", *words],
            env=given,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert made.returncode == 1
        assert WORD not in made.stdout + made.stderr
