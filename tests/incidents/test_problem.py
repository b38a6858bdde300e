"""The key of a problem: compared, never kept."""

from importlib import import_module

import pytest
from django.db import connection

from opspanel.incidents import Draft, DuplicateOpenError, declare
from opspanel.incidents.problem import problem_digest
from opspanel.models import Incident

LEGACY = import_module("opspanel.migrations.0060_problems_as_digests").DIGEST
KEYS = ("am:checkout", "Störung ⚡", "password=hunter2hunter2", "sha256:short")


def test_no_row_holds_what_was_in_a_key(made):
    """A secret that a script put into its key is stored nowhere."""
    kept = made(dedup_key="token=ghp_" + "a1B2" * 9).dedup_key
    assert kept == problem_digest("token=ghp_" + "a1B2" * 9)
    assert "ghp_" not in kept


def test_a_page_may_hand_a_digest_on(made, by):
    """It names the same problem as the key that it was made of."""
    first = made(dedup_key="am:checkout")
    with pytest.raises(DuplicateOpenError) as told:
        declare(Draft(title="Again", dedup_key=first.dedup_key), by())
    assert told.value.incident_id == first.pk


def test_an_incident_without_a_key_has_no_digest(made):
    """Any number of such incidents are open at once."""
    assert {made().dedup_key, made().dedup_key} == {""}


@pytest.mark.parametrize("key", KEYS)
def test_keys_of_older_rows_go_on_naming_their_problem(made, key):
    """Postgres makes the same digest of what was kept as it was, and makes it once."""
    incident = made()
    Incident.objects.filter(pk=incident.pk).update(dedup_key=key)
    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute(LEGACY.format(table="ops_incident"))
    incident.refresh_from_db()
    assert incident.dedup_key == problem_digest(key)
