"""The trail as a page and as a file, for those who may read it."""

import csv
import io
import json

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from opspanel.audit import Target, record
from opspanel.audit.listing import PAGE
from opspanel.models import AuditEvent, AuditVerification, User

pytestmark = pytest.mark.django_db
PAGE_URL, EXPORT_URL = "/admin/ops/audit", "/admin/ops/audit/export"


def signed_in(client, role):
    user = User.objects.create_user(role, password="a long pass phrase")
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return client


@pytest.fixture
def admin(client):
    return signed_in(client, "admin")


def newest():
    return AuditEvent.objects.order_by("-seq").first()


def act(target="n1", **more):
    with transaction.atomic():
        record("node.drain", Target("node", target), **more)
    return AuditEvent.objects.latest("seq").seq


def test_its_addresses_are_named():
    """Other pages lead here by name."""
    assert reverse("ops:audit") == PAGE_URL
    assert reverse("ops:audit-export") == EXPORT_URL


@pytest.mark.parametrize("role", ["viewer", "on-call"])
@pytest.mark.parametrize(("method", "url"), [("get", PAGE_URL), ("post", EXPORT_URL)])
def test_only_those_with_the_permission_read_it(client, role, method, url):
    """Everybody else is refused, which is itself a row."""
    response = getattr(signed_in(client, role), method)(url)
    assert response.status_code == 403
    assert (newest().action, newest().actor_label) == ("authz.deny", role)
    assert newest().metadata["policy_key"] == "ops.view_audit"


@pytest.mark.parametrize("method", ["post", "put", "delete", "head", "options"])
def test_nothing_but_reading_is_offered(admin, method):
    """The page takes no other method."""
    assert getattr(admin, method)(PAGE_URL).status_code == 405
    assert admin.get(EXPORT_URL).status_code == 405


def test_it_shows_the_newest_row_first(admin):
    """What just happened stands at the top, with who, what and why."""
    act("older-node")
    act("newer-node", metadata={"reason": "disk <b>full</b>"})
    page = admin.get(PAGE_URL)
    assert page.status_code == 200
    assert page.text.index("newer-node") < page.text.index("older-node")
    assert "disk &lt;b&gt;full&lt;/b&gt;" in page.text


def test_reading_it_is_itself_audited_without_the_words_that_were_asked_for(admin):
    """The row says which filters were set, and not to what."""
    before = newest().seq
    admin.get(PAGE_URL, {"actor": "somebody-private", "since": "2026-01-01T00:00"})
    assert newest().seq == before + 1
    assert (newest().action, newest().actor_label) == ("audit.view", "admin")
    assert newest().metadata == {"request_scope": "actor_label, created_at"}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"action": "node.drain"}, True),
        ({"action": "node"}, False),
        ({"actor": "system"}, True),
        ({"actor": "nobody-of-this-name"}, False),
        ({"result": "denied"}, False),
        ({"since": "2999-01-01T00:00"}, False),
        ({"until": "2999-01-01T00:00"}, True),
        ({"until": "2001-01-01T00:00"}, False),
    ],
)
def test_each_filter_narrows(admin, asked, found):
    """Who, what, how it ended, and when."""
    act("the-one")
    assert ("the-one" in admin.get(PAGE_URL, asked).text) == found


@pytest.mark.parametrize(
    "asked",
    [
        {"result": "splendid"},
        {"since": "yesterday"},
        {"before": "0"},
        {"before": str(2**64)},
        {"actor": "x" * 151},
        {"actor": "a\0b"},
        {"since": "2026-02-01T00:00", "until": "2026-01-01T00:00"},
    ],
)
def test_a_filter_that_cannot_be_read_shows_nothing(admin, asked):
    """Never all rows for a mistyped filter."""
    act("the-one")
    page = admin.get(PAGE_URL, asked)
    assert page.status_code == 400
    assert "the-one" not in page.text


def test_older_rows_are_one_link_away_and_none_is_shown_twice(admin):
    """Page by page down to the oldest, under the same filter."""
    for number in range(PAGE + 3):
        act(f"node-{number:03}")
    first = admin.get(PAGE_URL, {"action": "node.drain", "actor": "system"})
    shown = first.context["page"].events
    assert len(shown) == PAGE
    second = admin.get(PAGE_URL + first.context["older"])
    assert "action=node.drain" in first.context["older"]
    rest = second.context["page"].events
    assert shown[-1].seq > rest[0].seq
    assert {"node-000", "node-001"} <= {each.target_id for each in rest}


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "  =1+1", "＝1+1"]  # noqa: RUF001


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_of_the_csv_is_a_formula(admin, cell):
    """A name that somebody chose for it does nothing in a spreadsheet."""
    act(cell)
    response = admin.post(EXPORT_URL, {"format": "csv", "action": "node.drain"})
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert rows[0]["target_id"] == f"'{cell}"
    assert response["Content-Disposition"].startswith("attachment;")


def test_the_json_is_whole_and_exporting_is_audited(admin):
    """Every column, hashes too; and the row says in which form and by which filters."""
    seq = act(metadata={"reason": "=1+1"})
    response = admin.post(EXPORT_URL, {"format": "json", "action": "node.drain"})
    first = json.loads(response.text.splitlines()[0])
    assert first["seq"] == seq
    assert first["metadata"] == {"reason": "=1+1"}
    assert first["hash"] == AuditEvent.objects.get(seq=seq).hash.hex()
    assert newest().action == "audit.export"
    assert newest().metadata == {"request_scope": "json: action"}


def test_an_unknown_form_exports_nothing(admin):
    """A wrong form is refused, not guessed."""
    act("the-one")
    response = admin.post(EXPORT_URL, {"format": "xlsx"})
    assert response.status_code == 400
    assert "the-one" not in response.text


@pytest.mark.parametrize(
    ("result", "fault", "said"),
    [
        ("broken", "audit broken at seq 7: altered", "The trail was changed."),
        ("whole", "", "Whole up to row 9"),
    ],
)
def test_it_says_how_the_last_verification_went(admin, result, fault, said):
    """Whoever reads the trail knows whether to believe it."""
    assert "Nobody has verified the trail yet." in admin.get(PAGE_URL).text
    now = timezone.now()
    AuditVerification.objects.create(
        id=1, result=result, verified_at=now, last_seq=9, fault=fault
    )
    page = admin.get(PAGE_URL)
    assert said in page.text
    assert fault.capitalize() in page.text


@pytest.mark.parametrize(("method", "url"), [("get", PAGE_URL), ("post", EXPORT_URL)])
def test_nobody_reads_what_cannot_be_written_down(admin, method, url):
    """Where the reading itself is not recorded, no row is shown."""
    act("the-one")
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE ops_auditevent ADD CONSTRAINT full_up "
            "CHECK (action NOT LIKE 'audit.%') NOT VALID"
        )
    response = getattr(admin, method)(url, {"format": "csv"})
    assert response.status_code == 503
    assert "the-one" not in response.text
