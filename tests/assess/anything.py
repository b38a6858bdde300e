"""Readings at random: odd ones, and ones that are nearly well."""

from hypothesis import strategies as st

from opspanel.readings import (
    ConsumerReading,
    FlowReading,
    NatsReading,
    NatsServerReading,
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
from opspanel.terms import FailureKind
from tests.assess.given import NOW, ago, answers

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
nats_servers = st.dictionaries(
    st.sampled_from(["n1", "n2", "strange"]),
    rarely_failing(
        st.builds(
            NatsServerReading,
            observed_at=spent["observed_at"],
            took_seconds=st.just(0.01),
            started_at=times,
            uptime_seconds=st.sampled_from([-1.0, 0.0, 5.0, 1e6]),
            slow_consumers=counts,
            sync_seconds=st.sampled_from([None, 0.0, 0.1, 120.0]),
        )
    ),
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
    nats_servers=nats_servers,
    replica=rarely_failing(prometheus),
)


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
