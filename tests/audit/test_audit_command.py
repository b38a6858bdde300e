"""`manage.py audit`: the trail from a shell."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from opspanel.audit.anchors import stored
from opspanel.audit.chain import verify
from opspanel.models import AuditEvent

pytestmark = pytest.mark.django_db


def run(*words):
    out = io.StringIO()
    call_command("audit", *words, stdout=out)
    return out.getvalue()


def test_an_anchor_taken_once_holds_later(written, tmp_path):
    """From the printed form, from a log, and from the table."""
    written(3)
    printed = run("anchor").strip()
    written(2)
    log = tmp_path / "log"
    log.write_text(f"a line\naudit anchor {printed.replace(':', ' sha256:')} more\n")
    said = run("verify", "--anchor", printed, "--log", str(log))
    last, known = verify([]).end.seq, len(stored())
    assert said == f"audit whole up to {last}; {known + 2} anchors hold\n"


def test_a_log_that_is_not_there_is_told():
    """A check against no anchors must not look like one against many."""
    with pytest.raises(CommandError, match="cannot be read"):
        run("verify", "--log", "not-there.log")


def test_an_anchor_of_another_trail_is_told(written):
    """A row that is not what it was ends in exit code 1 and its number."""
    written(1)
    seq = verify([]).end.seq
    with pytest.raises(CommandError, match=f"audit broken at seq {seq}: an anchor"):
        run("verify", "--anchor", f"{seq}:{'0' * 64}")


@pytest.mark.parametrize("word", ["7", "7:abc", "x", f"0:{'0' * 64}"])
def test_a_mistyped_anchor_is_refused(word):
    """Never "whole" because of an anchor that could not be read."""
    with pytest.raises(CommandError, match="64 hexadecimal digits"):
        run("verify", "--anchor", word)


def test_the_export_holds_every_row_and_is_one_itself(written):
    """Oldest first, as lines of JSON."""
    written(3)
    rows = [json.loads(line) for line in run("export").splitlines()]
    assert [row["seq"] for row in rows] == list(
        AuditEvent.objects.order_by("seq").values_list("seq", flat=True)
    )
    assert (rows[-1]["action"], rows[-1]["actor_label"]) == ("audit.export", "system")


def test_a_time_needs_its_zone():
    """An export for an auditor is not off by an hour."""
    with pytest.raises(CommandError, match="A time is written as"):
        run("export", "--since", "2026-01-01T00:00")


def test_the_rights_are_printed_for_a_superuser():
    """Quoted, whatever the role is called."""
    assert 'TO "odd ""role"""' in run("grants", 'odd "role"')
