"""What changed since a moment, on one page: and nothing that the reader may not see."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from opspanel.audit import Actor
from opspanel.handover import looks
from opspanel.models import AuditEvent, Deploy
from tests import snapshots
from tests.incidents.conftest import by, made, person
from tests.views.test_past import stored

__all__ = ["by", "made"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_snapshots")]
HOUR = timedelta(hours=1)


@pytest.fixture
def reader():
    """`reader(role)`: the page as that person sees it."""

    def signed_in(role="viewer"):
        client = Client()
        client.force_login(person(role, role))

        def asks(since=None, **headers):
            asked = {} if since is None else {"since": since}
            return client.get("/admin/ops/changes", asked, **headers)

        return asks

    return signed_in


def iso(moment):
    return f"{moment:%Y-%m-%dT%H:%MZ}"


def test_all_kinds_of_changes_stand_on_one_page(reader, made):
    """Those after the moment, and none from before it."""
    now = timezone.now()
    stored(snapshots.healthy, now - 5 * HOUR)
    stored(snapshots.degraded, now - 3 * HOUR)
    stored(snapshots.unhealthy, now - HOUR)
    for version, ago in (("1.4.1", 3), ("1.4.2", 1)):
        minute = (now - ago * HOUR).replace(second=0, microsecond=0)
        Deploy.objects.create(
            service="api", version=version, minute=minute, told_by="x"
        )
    one = made()
    page = reader()(iso(now - 2 * HOUR)).text
    assert f"/admin/ops/incidents/{one.pk}" in page
    states = page.partition('id="states"')[2].partition("</section>")[0]
    assert f"?at={iso(now - HOUR)}" in states
    assert f"?at={iso(now - 3 * HOUR)}" not in states
    assert "Overall" in states
    told = page.partition('id="deploys"')[2].partition("</section>")[0]
    assert "1.4.2" in told
    assert "1.4.1" not in told


def test_it_begins_where_the_reader_last_looked(reader):
    """And a day ago for who never said so."""
    asks = reader()
    assert "24 h" in asks().text
    assert "you had looked" not in asks().text
    looked = timezone.now() - 3 * HOUR
    user = person("viewer", "viewer")
    looks.mark(user, looked, Actor.of(user, None))
    page = asks().text
    assert "Then you last said that you had looked." in page
    assert f"{looked:%H:%M}</b> UTC" in page


def test_looking_at_it_marks_nothing(reader):
    """Neither a look nor a row of the trail comes of a GET."""
    asks = reader("admin")
    before = AuditEvent.objects.count()
    asks()
    assert AuditEvent.objects.count() == before
    assert looks.last(person("admin", "admin")) is None


def test_changes_of_rights_are_for_who_may_read_the_trail(reader):
    """As numbers that lead into it; others are not told of any."""
    since = iso(timezone.now() - HOUR)
    told = reader("admin")(since).text.partition('id="access"')[2]
    assert "action=role.grant" in told
    assert 'id="access"' not in reader("on-call")(since).text


@pytest.mark.parametrize("since", ["", "monday", "<b>", "\0", "2999-01-01T00:00Z"])
def test_what_is_no_past_moment_is_refused_in_words(reader, since):
    response = reader()(since)
    assert response.status_code == 400
    assert "`since`" in response.text


def test_without_any_history_it_says_so(reader):
    """Nothing stored is no quiet night."""
    page = reader()().text
    assert "No change of a state was written down." in page
    assert "Of 1440 minutes since then nothing is stored." in page.replace(",", "")


def test_strangers_see_no_changes(client):
    assert client.get("/admin/ops/changes").status_code == 302
