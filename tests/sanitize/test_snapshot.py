import dataclasses
import itertools
import json
from datetime import UTC, datetime

import pytest

from opspanel import assessment as raw
from opspanel.circuit import CLOSED
from opspanel.sanitize.snapshot import clean
from opspanel.snapshot import schema
from opspanel.terms import (
    Absence,
    ComponentType,
    Exactness,
    FailureKind,
    Health,
    Loss,
    Signal,
    Source,
    Unit,
)

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
PASSWORD = "correct-horse-7battery"
LEAK = f"postgres://app:{PASSWORD}@db-1:5432/app"


def figure(value=1.0, **changes):
    given = {
        "value": value,
        "unit": Unit.COUNT,
        "source": Source.NATS,
        "query": "stream.info",
        "observed_at": NOW,
        "good_for": 15.0,
    }
    return raw.Figure(**(given | changes))


def trend(*points):
    return raw.Trend(unit=Unit.PER_SECOND, ends_at=NOW, step_seconds=30, points=points)


def card(**changes):
    given = {
        "key": "queue.stall:PROVISIONING",
        "signal": Signal.QUEUE_STALL,
        "subject": "PROVISIONING",
        "status": Health.UNHEALTHY,
        "title": "PROVISIONING is stalled",
        "reason": "oldest claimable 412 s > 120 s",
        "owner_domain": "provisioning",
        "runbooks": (
            raw.Runbook(
                id="ops.queue.backlog", title="Backlog", url="https://r.test/b"
            ),
        ),
        "since": NOW,
        "source": Source.NATS,
    }
    return raw.ActionCard(**(given | changes))


def component(**changes):
    given = {
        "component_id": "provisioning-worker",
        "name": "Provisioning worker",
        "component_type": ComponentType.WORKER,
        "owner_domain": "provisioning",
        "status": Health.HEALTHY,
        "reason": "1 of 1 up",
        "checked_at": NOW,
        "instances_up": figure(),
        "instances_expected": 1,
        "latency_p95": None,
    }
    return raw.Component(**(given | changes))


def consumer(**changes):
    names = ("pending", "ack_pending", "redelivered", "no_ack_for")
    given = {name: figure() for name in names} | {
        "name": "billing-worker_invoices",
        "status": Health.HEALTHY,
        "reason": "keeping up",
        "paused": False,
    }
    return raw.Consumer(**(given | changes))


def stream(**changes):
    names = ("depth", "oldest_age", "drain", "bytes", "fill")
    given = {name: figure() for name in names} | {
        "name": "BILLING",
        "status": Health.HEALTHY,
        "reason": "keeping up",
        "retention": "limits",
        "consumers": (consumer(),),
    }
    return raw.StreamQueue(**(given | changes))


def known_stream():
    return raw.KnownStream(name="BILLING", created_at=NOW, last_seq=5, messages=3)


def loss():
    before = known_stream()
    return raw.StreamLoss(kind=Loss.WENT_BACK, before=before, last_seq=1, seen_at=NOW)


def server():
    return raw.NatsServer(
        name="nats-0",
        status=Health.HEALTHY,
        reason="",
        slow_consumers=figure(),
        sync_interval=figure(),
        seen=raw.SeenServer(
            at=NOW,
            started_at=NOW,
            slow_consumers=9,
            rises=(raw.Rise(at=NOW, by=2),),
        ),
    )


def task_queue(**changes):
    skipped = {"task_type", "status", "reason"}
    given = {
        field.name: figure()
        for field in dataclasses.fields(raw.TaskQueue)
        if field.name not in skipped
    } | {
        "task_type": "slice.vm_provision",
        "status": Health.HEALTHY,
        "reason": "claimed within 2 s",
    }
    return raw.TaskQueue(**(given | changes))


def queues(**changes):
    ok = {"status": Health.HEALTHY, "reason": "keeping up"}
    tasks = ("claimable", "oldest_claimable", "in_flight", "completed")
    outbox = ("publish_failures", "pending", "oldest_pending", "published")
    history = ("failed_rows", "dlq_messages")
    given = {
        "nats": raw.Nats(
            **ok,
            streams=(stream(),),
            missing=(),
            capped=False,
            not_shown=0,
            known=(known_stream(),),
            losses=(loss(),),
            servers=(server(),),
            early_acks="Acknowledged is not yet on disk, for up to 2 min: nats-0",
        ),
        "node_tasks": raw.NodeTasks(
            **ok,
            **{name: figure() for name in tasks},
            trend=trend(1.0, None),
            not_shown=0,
            types=(task_queue(),),
            terminal=(raw.Estimate(status="completed", rows=figure()),),
        ),
        "outbox": raw.Outbox(
            **ok,
            relay=Health.HEALTHY,
            **{name: figure() for name in outbox + history},
        ),
    }
    return raw.Queues(**(given | changes))


def assessment(**changes):
    given = {
        "environment": "demo",
        "environment_profile": "development",
        "taken_at": NOW,
        "decision": raw.Decision(
            status=Health.DEGRADED,
            degradation_level=1,
            sentence="degraded: PROVISIONING oldest claimable 412 s > 120 s",
            coverage=raw.Coverage(fresh=8, declared=9),
        ),
        "actions": (card(),),
        "health": (component(),),
        "queues": queues(),
        "throughput": (
            raw.Throughput(
                component_id="api", name="API", rate=figure(), trend=trend(2.0)
            ),
        ),
        "errors": (
            raw.ErrorRate(
                component_id="api",
                name="API",
                status=Health.HEALTHY,
                reason="0.1 % < 2 %",
                ratio=figure(0.001),
                degraded_at=0.02,
                trend=None,
            ),
        ),
        "sources": (
            raw.SourceState(
                source=Source.NATS,
                failure=None,
                observed_at=NOW,
                took_seconds=0.02,
                reads=4,
                partial=0,
                warnings=0,
                skew_seconds=None,
            ),
        ),
    }
    return raw.Assessment(**(given | changes))


def everything(node, change):
    """The same assessment with `change` applied to each text that is not a term."""
    if dataclasses.is_dataclass(node):
        names = [field.name for field in dataclasses.fields(node)]
        return dataclasses.replace(
            node, **{name: everything(getattr(node, name), change) for name in names}
        )
    if isinstance(node, tuple):
        return tuple(everything(item, change) for item in node)
    return change(node) if type(node) is str else node


def as_json(snapshot):
    return json.dumps(dataclasses.asdict(snapshot), default=str)


def test_a_stream_whose_name_may_not_be_kept_is_not_known_by_it():
    """Two of them would have one name, and be taken for the same stream."""
    named = dataclasses.replace(known_stream(), name=LEAK)
    given = assessment()
    nats = dataclasses.replace(given.queues.nats, known=(known_stream(), named))
    queues = dataclasses.replace(given.queues, nats=nats)
    [known] = clean(dataclasses.replace(given, queues=queues)).queues.nats.known
    assert known.name == known_stream().name


def test_a_harmless_assessment_passes_unchanged_in_every_field():
    """Names, sentences and numbers of a healthy platform stay as they were."""
    given = assessment()
    made = dataclasses.asdict(clean(given))
    for key in ("schema", "incidents", "self_test", "audit", "watchlist"):
        made.pop(key, None)
    for one in made["actions"]:
        assert one.pop("held_over") is False
    for one in made["sources"]:
        # The collector's, which knows the passes before.
        assert one.pop("circuit") == dataclasses.asdict(CLOSED)
        assert one.pop("changed_at") == ()
    assert without_regions(made) == dataclasses.asdict(given)


def without_regions(made):
    """Of one region only, nothing says where it is."""
    assert made.pop("regions") == ()
    lists = (made[key] for key in ("actions", "health", "throughput", "errors"))
    for item in (made, *itertools.chain(*lists, made["sources"], made["slos"])):
        assert item.pop("region") is None
    return made


def test_the_snapshot_has_this_schema_and_no_incidents():
    """Incidents come from another place; the bridge leaves their section empty."""
    made = clean(assessment())
    assert made.schema == schema.SCHEMA
    assert made.incidents == schema.NO_INCIDENTS_READ


def test_a_credential_in_any_text_field_reaches_no_field():
    """A DSN put into every text there is leaves no trace in the snapshot's bytes."""
    made = clean(everything(assessment(), lambda text: f"{text} {LEAK}"))
    assert PASSWORD not in as_json(made)
    assert "[REDACTED]" in made.decision.sentence
    assert "PROVISIONING oldest claimable 412 s" in made.decision.sentence


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_a_number_becomes_missing(value):
    """NaN and infinities have no place in JSON: None, and the reason beside it."""
    made = clean(assessment(health=(component(instances_up=figure(value)),)))
    shown = made.health[0].instances_up
    assert (shown.value, shown.missing) == (None, Absence.NOT_A_NUMBER)


def test_a_missing_number_keeps_its_reason_and_exactness():
    """The reason that the judgement gave is not overwritten."""
    given = figure(None, missing=FailureKind.TIMEOUT, exactness=Exactness.ESTIMATED)
    shown = clean(assessment(health=(component(instances_up=given),))).health[0]
    assert shown.instances_up.missing is FailureKind.TIMEOUT
    assert shown.instances_up.exactness is Exactness.ESTIMATED


def test_trends_lose_what_is_not_a_number():
    """A sparkline has a gap where a sample was NaN."""
    made = clean(
        assessment(
            throughput=(
                raw.Throughput(
                    component_id="api",
                    name="API",
                    rate=figure(),
                    trend=trend(1.0, float("nan"), 3.0),
                ),
            )
        )
    )
    assert made.throughput[0].trend.points == (1.0, None, 3.0)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//host/path",
        "https:///nowhere",
        f"https://ops:{PASSWORD}@r.test/",
        "https://r.test/\u202egnp.exe",
        "https://r.test/a b",
        "https://[::1",
        "https://r.test/" + "a" * 3000,
    ],
)
def test_only_plain_web_links_stay_links(url):
    """A link that could run, mislead or leak is no link at all."""
    runbook = raw.Runbook(id="ops.queue.backlog", title="Backlog", url=url)
    made = clean(assessment(actions=(card(runbooks=(runbook,)),)))
    assert made.actions[0].runbooks[0].url is None


def test_hidden_and_reordering_characters_are_gone_and_controls_shown():
    """What an operator reads is what the text holds."""
    given = card(reason="a\u202eb\u200bc\x1b[31md\x00\ne\ud800")
    made = clean(assessment(actions=(given,)))
    assert made.actions[0].reason == "abc␛[31md␀ e\ufffd"


def test_long_text_is_cut_with_an_ellipsis_after_cleaning():
    """A secret that the cut would split is found before it is cut."""
    padded = "x " * 240 + LEAK
    made = clean(assessment(actions=(card(reason=padded, subject="S" * 999),)))
    assert PASSWORD[:8] not in made.actions[0].reason
    assert len(made.actions[0].reason) == 500
    assert len(made.actions[0].subject) == 120
