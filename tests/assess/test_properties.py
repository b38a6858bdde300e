"""What holds for whatever the sources say, however odd."""

from dataclasses import fields, is_dataclass, replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opspanel.assess.overview import assess
from opspanel.assessment import Figure
from opspanel.readings import (
    ConsumerReading,
    FlowReading,
    NatsReading,
    NodeTasksReading,
    OpenTasks,
    OutboxReading,
    PendingEvents,
    PrometheusReading,
    Readings,
    Sample,
    Series,
    StreamReading,
)
from opspanel.terms import FailureKind, Health
from tests.assess.given import NOW, ago, answers, panel

PANEL = panel()
PARTS = ("prometheus", "nats", "node_tasks", "outbox")
TABLE_PARTS = ("claimable", "in_flight", "stuck", "flow", "finished_per_minute")
EVENT_PARTS = ("pending", "failed_rows", "published_in_window")

modest = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

failures = st.sampled_from(FailureKind)
counts = st.sampled_from([0, 1, 2, 5, 1000, 10**9])
times = st.sampled_from([-60, 0, 1, 14, 70, 400, 10**7]).map(ago)
maybe_times = st.none() | times
sizes = st.none() | st.sampled_from([1, 100, 10**6])
values = st.none() | st.sampled_from([-1.0, 0.0, 0.01, 1.0, 2.5, 50.0, 1e12, 1.77e9])
spent = {
    "observed_at": st.sampled_from([ago(20), ago(1), NOW, ago(-3)]),
    "took_seconds": st.just(0.1),
    "reads": st.just(1),
}


def rarely_failing(strategy):
    return st.integers(0, 9).flatmap(lambda dice: strategy if dice else failures)


series = st.builds(
    Series,
    ends_at=times,
    step_seconds=st.just(30.0),
    points=st.lists(values, max_size=3).map(tuple),
)
samples = st.lists(
    st.builds(Sample, labels=st.just({}), value=values, at=times), max_size=3
).map(tuple)
prometheus = st.builds(
    PrometheusReading,
    **spent,
    answers=st.dictionaries(
        st.sampled_from(sorted(answers())), rarely_failing(samples)
    ).map(lambda odd: answers() | odd),
    trends=st.dictionaries(
        st.sampled_from(sorted(answers())), rarely_failing(st.none() | series)
    ),
    warnings=counts,
    skew_seconds=st.sampled_from([None, 0.0, 5.0, -40.0]),
)
consumers = st.builds(
    ConsumerReading,
    name=st.sampled_from(["worker", "", "x y"]),
    num_pending=counts,
    num_ack_pending=counts,
    num_redelivered=counts,
    num_waiting=counts,
    max_ack_pending=st.sampled_from([-1, 0, 1, 1000]),
    pull=st.booleans(),
    paused=st.booleans(),
    has_leader=st.sampled_from([True, True, False]),
    created_at=maybe_times,
    last_delivered_at=maybe_times,
    last_acked_at=maybe_times,
)
streams = st.builds(
    StreamReading,
    name=st.sampled_from(["PROVISIONING", "DLQ", "OTHER"]),
    retention=st.sampled_from(["limits", "workqueue", "interest", "?"]),
    discard=st.sampled_from(["old", "new", "?"]),
    messages=counts,
    bytes=counts,
    max_bytes=sizes,
    max_messages=sizes,
    first_at=maybe_times,
    last_at=maybe_times,
    has_leader=st.sampled_from([True, True, False]),
    replicas_lagging=counts,
    consumers=rarely_failing(st.lists(consumers, max_size=3).map(tuple)),
)
nats = st.builds(
    NatsReading,
    **spent,
    streams=st.lists(streams, max_size=4).map(tuple),
    missing=st.lists(st.sampled_from(["DLQ", "GONE"]), max_size=2).map(tuple),
    capped=st.booleans(),
)
open_tasks = rarely_failing(
    st.lists(
        st.builds(
            OpenTasks,
            task_type=st.sampled_from(["vm", "diag.health_probe", ""]),
            count=counts,
            oldest_at=maybe_times,
            nodes=counts,
        ),
        max_size=3,
    ).map(tuple)
)
flows = st.builds(
    FlowReading,
    task_type=st.sampled_from(["vm", "other"]),
    window_seconds=st.sampled_from([0.0, 300.0]),
    completed=counts,
    failed=counts,
    last_finished_at=maybe_times,
)
node_tasks = st.builds(
    NodeTasksReading,
    **spent,
    skew_seconds=st.sampled_from([0.0, -5.0, 90.0]),
    claimable=open_tasks,
    in_flight=open_tasks,
    stuck=open_tasks,
    flow=rarely_failing(st.lists(flows, max_size=3).map(tuple)),
    finished_per_minute=rarely_failing(series),
    terminal_estimates=rarely_failing(
        st.dictionaries(st.sampled_from(["completed", "failed"]), counts)
    ),
)
outbox = st.builds(
    OutboxReading,
    **spent,
    pending=rarely_failing(
        st.builds(PendingEvents, count=counts, retrying=counts, oldest_at=maybe_times)
    ),
    failed_rows=rarely_failing(counts),
    published_in_window=rarely_failing(counts),
    window_seconds=st.just(300.0),
)
any_readings = st.builds(
    Readings,
    prometheus=rarely_failing(prometheus),
    nats=rarely_failing(nats),
    node_tasks=rarely_failing(node_tasks),
    outbox=rarely_failing(outbox),
)


def figures_in(item):
    if isinstance(item, Figure):
        yield item
    elif isinstance(item, tuple):
        for member in item:
            yield from figures_in(member)
    elif is_dataclass(item):
        for field in fields(item):
            yield from figures_in(getattr(item, field.name))


@given(any_readings)
@modest
def test_figures(readings):
    """Any readings can be judged, and a figure has a value exactly if none is missing."""
    for figure in figures_in(assess(readings, PANEL, NOW)):
        assert (figure.value is None) == (figure.missing is not None)


@given(any_readings, st.sampled_from(PARTS), failures)
@modest
def test_failed_source_is_never_healthy(readings, part, failure):
    """Without a source the platform is not known to be well, and a card says why."""
    found = assess(replace(readings, **{part: failure}), PANEL, NOW)
    assert found.decision.status is not Health.HEALTHY
    assert f"source.failed:{part}" in {card.key for card in found.actions}


def with_failure(readings, data):
    """The same readings with one answer less."""
    part = data.draw(st.sampled_from(PARTS))
    reading, failure = getattr(readings, part), data.draw(failures)
    if isinstance(reading, FailureKind):
        return readings
    if part == "prometheus":
        query = data.draw(st.sampled_from(sorted(reading.answers)))
        changed = {"answers": {**reading.answers, query: failure}}
    elif part == "nats":
        changed = {
            "streams": tuple(
                replace(stream, consumers=failure) for stream in reading.streams
            )
        }
    else:
        names = TABLE_PARTS if part == "node_tasks" else EVENT_PARTS
        changed = {data.draw(st.sampled_from(names)): failure}
    return replace(readings, **{part: replace(reading, **changed)})


def nearly_well():
    """Mostly well, so that a lost answer could be the one that mattered."""
    well = {
        "observed_at": st.just(NOW),
        "took_seconds": st.just(0.1),
        "reads": st.just(1),
    }
    return st.builds(
        Readings,
        prometheus=st.builds(
            PrometheusReading,
            **well,
            answers=st.dictionaries(
                st.sampled_from(sorted(answers())), samples, max_size=1
            ).map(lambda odd: answers() | odd),
            trends=st.just({}),
            warnings=st.just(0),
            skew_seconds=st.just(0.0),
        ),
        nats=st.builds(
            NatsReading,
            **well,
            streams=st.lists(
                streams.filter(lambda stream: stream.has_leader), max_size=2
            ).map(tuple),
            missing=st.just(()),
            capped=st.just(False),  # noqa: FBT003
        ),
        node_tasks=node_tasks,
        outbox=outbox,
    )


@given(any_readings | nearly_well(), st.data())
@modest
def test_less_is_never_healthier(readings, data):
    """Losing an answer never turns what was not healthy into healthy."""
    before = assess(readings, PANEL, NOW).decision.status
    after = assess(with_failure(readings, data), PANEL, NOW).decision.status
    assert before is Health.HEALTHY or after is not Health.HEALTHY


def subjects_of(assessment):
    """Each judged thing with what a card about it may be about."""
    probes = {item.id: item.probe.value for item in PANEL.dependencies}
    for item in assessment.health:
        yield item.status, {item.component_id, probes.get(item.component_id)}
    for item in assessment.errors:
        yield item.status, {item.component_id}
    for item in assessment.queues.nats.streams:
        yield item.status, {item.name}
    yield assessment.queues.node_tasks.status, {"node_tasks"}
    yield assessment.queues.outbox.status, {"outbox", "outbox-relay"}


@given(any_readings | nearly_well())
@modest
def test_nothing_is_passed_over(readings):
    """What is bad has a card; what is unknown shows in the sentence and coverage."""
    assessment = assess(readings, PANEL, NOW)
    about = {card.subject for card in assessment.actions}
    coverage = assessment.decision.coverage
    for status, subjects in subjects_of(assessment):
        if status in {Health.DEGRADED, Health.UNHEALTHY}:
            assert about & subjects
        elif status is not Health.HEALTHY:
            assert coverage.fresh < coverage.declared
            assert "signals fresh" in assessment.decision.sentence
            assert assessment.decision.status is not Health.HEALTHY
