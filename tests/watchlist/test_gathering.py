"""Where points come from, asked on real servers."""

import os
from datetime import timedelta

import pytest
from django.conf import settings

from opspanel.audit import Target, audited, record, record_denial
from opspanel.models import AuditEvent, Screen
from opspanel.panel.load import configured_panel
from opspanel.panel.watch import Acts
from opspanel.sources.prometheus import PrometheusAddress
from opspanel.terms import WatchKind
from opspanel.watch.points import slot_of, start_of
from opspanel.watchlist.gathering import MOST_SUBJECTS, Asked, gather
from tests.snapshots import healthy
from tests.watchlist.given import PLANTED, watch

pytestmark = pytest.mark.django_db


def found(watched, snapshot=None, asked=None, slot=None):
    panel = configured_panel().model_copy(update={"watch": (watched,)})
    at = slot if slot is not None else slot_of(healthy().taken_at) - 1
    return {
        str(each.subject): each.value
        for each in gather(panel, snapshot, asked or Asked(), at)
    }


def asked_prometheus():
    return Asked(PrometheusAddress(url=settings.PROMETHEUS_URL))


def test_a_snapshot_from_before_says_nothing_of_now():
    assert found(watch(), healthy()) != {}
    late = slot_of(healthy().taken_at) + 3
    assert found(watch(), healthy(), slot=late) == {}


def test_a_query_gives_one_signal_for_each_value_of_its_label():
    query = 'label_replace(vector(3), "q", "A", "", "") or label_replace(vector(4), "q", "B", "", "")'
    watched = watch(figure=None, query=query, each="q")
    assert found(watched, asked=asked_prometheus()) == {"A": 3.0, "B": 4.0}


def test_a_wrong_query_costs_only_itself():
    panel = configured_panel()
    wrong = watch(id="wrong", figure=None, query="sum(")
    right = watch(id="right", figure=None, query="vector(1)")
    both = panel.model_copy(update={"watch": (wrong, right)})
    slot = slot_of(healthy().taken_at)
    told = list(gather(both, None, asked_prometheus(), slot))
    assert [(each.watch.id, each.value) for each in told] == [("right", 1.0)]


def test_a_flood_of_series_is_cut():
    query = 'count_values("q", vector(1))'
    many = " or ".join(
        f'label_replace({query}, "q", "{number}", "", "")' for number in range(60)
    )
    watched = watch(figure=None, query=many, each="q")
    assert len(found(watched, asked=asked_prometheus())) == MOST_SUBJECTS


def test_secrets_in_labels_stay_outside():
    query = 'label_replace(vector(1), "q", PLANTED, "", "")'
    watched = watch(figure=None, query=query, each="q")
    assert PLANTED not in found(watched, asked=asked_prometheus())


@pytest.mark.parametrize(
    "figure", ["connections", "table_bytes", "dead_rows", "unvacuumed", "xmin_age"]
)
def test_the_database_tells_how_it_fares(figure):
    """Of a table that was never vacuumed there is no time since."""
    watched = watch(figure=f"database.{figure}")
    panel = configured_panel()
    tasks = panel.node_tasks.model_copy(
        update={"db_schema": "pg_catalog", "table": "pg_class"}
    )
    panel = panel.model_copy(update={"watch": (watched,), "node_tasks": tasks})
    asked = Asked(database_url=os.environ["SUPERUSER_DATABASE_URL"])  # noqa: TID251
    told = list(gather(panel, None, asked, 0))
    assert all(each.value >= 0 for each in told)
    assert told or figure in {"unvacuumed", "xmin_age"}


def test_a_database_that_is_away_is_a_gap():
    asked = Asked(database_url="postgresql://127.0.0.1:1/none")
    assert found(watch(figure="database.connections"), asked=asked) == {}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_acts_are_counted_from_the_panels_own_trail():
    with audited():
        record("role.grant", Target("account", "1"))
    record_denial(Target("route", "ops:overview"))
    deny = watch(figure=None, kind=WatchKind.RARE, acts=Acts(actions=("authz.deny",)))
    # The trail keeps what earlier tests wrote: this one's rows come on top.
    at = slot_of(AuditEvent.objects.latest("seq").created_at)
    rows = AuditEvent.objects.filter(action="authz.deny")
    for slot in (at, at - 1):
        within = rows.filter(
            created_at__gte=start_of(slot), created_at__lt=start_of(slot + 1)
        )
        assert found(deny, slot=slot)[""] == within.count()
    assert found(deny, slot=at)[""] >= 1
    assert found(deny, slot=at + 1)[""] == 0.0


def test_silent_screens_are_counted():
    at = start_of(slot_of(healthy().taken_at))
    Screen.objects.create(
        name="hall",
        place="Berlin",
        boards=1,
        approved_at=at - timedelta(days=1),
        expires_at=at + timedelta(days=1),
        seen_at=at - timedelta(hours=2),
        build="",
        revoked_for="",
    )
    assert found(watch(figure="screens.silent")) == {"": 1.0}
