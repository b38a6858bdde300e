"""The panel's database is migrated for another version than the one that runs."""

from uuid import uuid4

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.urls import reverse

from opspanel.database import migrated
from opspanel.models import IncidentEvent
from tests.access import cells

LOADER = MigrationLoader(None)
[(_, NEWEST)] = LOADER.graph.leaf_nodes("ops")
[(_, EARLIER)] = LOADER.get_migration("ops", NEWEST).dependencies


def answers(browser):
    addresses = [reverse(name, args=cells.arguments(name)) for name in cells.routes()]
    return {each: browser.client.get(each).status_code for each in addresses}


def execute(*statements):
    with connection.cursor() as cursor:
        for each in statements:
            cursor.execute(each, [NEWEST] * each.count("%s"))


def test_a_new_build_before_its_migration_is_unready_and_names_it(browser):
    """It is given nothing to do, and no page of it fails but as unavailable."""
    before = answers(browser)
    call_command("migrate", "ops", EARLIER, verbosity=0)
    try:
        unready = browser.client.get(reverse("readyz"))
        assert (unready.status_code, unready.text) == (503, f"not migrated: {NEWEST}")
        during = answers(browser)
    finally:
        call_command("migrate", "ops", verbosity=0)
    assert 500 not in during.values()
    assert {during[each] for each in before if during[each] != before[each]} <= {503}
    assert browser.client.get(reverse("readyz")).text == "ready"
    assert answers(browser) == before


def test_what_was_typed_is_kept_where_a_table_lacks_a_column(browser, incident):
    """503, which says why, with the text and its key; sent again after the migration it
    is recorded once."""
    address, token = reverse("ops:incident-note", args=[incident.id]), browser.token()
    sent = {"note": "Half a thought", "client_key": str(uuid4())}
    execute(
        "ALTER TABLE ops_incidentevent RENAME body TO body_of_the_next",
        "DELETE FROM django_migrations WHERE app = 'ops' AND name = %s",
    )
    try:
        answer = browser.sends(address, token, **sent)
    finally:
        execute(
            "ALTER TABLE ops_incidentevent RENAME body_of_the_next TO body",
            "INSERT INTO django_migrations (app, name, applied) "
            "VALUES ('ops', %s, now())",
        )
    assert answer.status_code == 503
    assert migrated.NOT_MIGRATED in answer.text
    assert sent["note"] in answer.text
    assert sent["client_key"] in answer.text
    assert browser.sends(address, token, **sent).status_code == 303
    assert IncidentEvent.objects.filter(body=sent["note"]).count() == 1


def test_a_fault_of_our_own_is_no_missing_migration(browser, incident):
    """Where all of them are applied, a column that is not there is a 500."""
    execute("ALTER TABLE ops_incidentevent RENAME body TO body_of_nobody")
    try:
        answer = browser.sends(
            reverse("ops:incident-note", args=[incident.id]), browser.token(), note="x"
        )
    finally:
        execute("ALTER TABLE ops_incidentevent RENAME body_of_nobody TO body")
    assert answer.status_code == 500


def test_an_old_build_goes_on_over_what_a_new_one_migrated(browser, incident):
    """Another migration, a new column and a new table: every page is as it was, and a
    recording of the old build is kept."""
    before = answers(browser)
    execute(
        "INSERT INTO django_migrations (app, name, applied) "
        "VALUES ('ops', '9999_of_the_next', now())",
        "ALTER TABLE ops_incidentevent ADD of_the_next text NOT NULL DEFAULT ''",
        "CREATE TABLE ops_of_the_next (id bigint PRIMARY KEY)",
    )
    try:
        assert browser.client.get(reverse("readyz")).text == "ready"
        assert answers(browser) == before
        address = reverse("ops:incident-note", args=[incident.id])
        assert browser.sends(address, browser.token(), note="Old").status_code == 303
    finally:
        execute(
            "DELETE FROM django_migrations WHERE name = '9999_of_the_next'",
            "ALTER TABLE ops_incidentevent DROP of_the_next",
            "DROP TABLE ops_of_the_next",
        )
