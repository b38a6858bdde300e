from dataclasses import replace

import pytest

from opspanel.terms import Absence, Exactness, FailureKind, Health, Signal
from tests.assess.given import (
    ago,
    card,
    flow,
    judged,
    node_tasks,
    panel,
    per_minute,
    tasks,
)

NEVER = {"finished_per_minute": per_minute(0, 0), "terminal_estimates": {}}


def judge(**changed):
    return judged(node_tasks=node_tasks(**changed)).queues.node_tasks


def kind(name="vm", **changed):
    [found] = [item for item in judge(**changed).types if item.task_type == name]
    return found


def test_busy():
    """Young claimable tasks and steady completions are healthy, whatever the count."""
    found = judge(claimable=(tasks(5000, 10),))
    assert (found.status, found.claimable.value) == (Health.HEALTHY, 5000)


def test_old_claimable():
    """The age of the oldest claimable task degrades, with figure and threshold."""
    found = judge(claimable=(tasks(2, 412),))
    assert found.status is Health.DEGRADED
    assert found.reason == "vm oldest claimable 412 s >= 120 s"
    assert found.oldest_claimable.value == 412


def test_thousands_of_types():
    """However many types there are the page stays short: the worst show, all count."""
    many = [tasks(1, 1, f"type-{n}") for n in range(3000)]
    found = judge(claimable=(*many, tasks(1, 700, "old")))
    assert len(found.types) == 50
    assert "old" in {item.task_type for item in found.types}
    assert found.not_shown >= 2951
    assert found.claimable.value == 3001
    assert found.status is Health.UNHEALTHY


def test_own_threshold():
    """A type's own threshold stands before the common one."""
    found = kind("diag.health_probe", claimable=(tasks(1, 25, "diag.health_probe"),))
    assert found.status is Health.DEGRADED


def test_one_node():
    """An old backlog that sits on one node looks like a dead node."""
    assessment = judged(node_tasks=node_tasks(claimable=(tasks(9, 130, nodes=1),)))
    found = card(assessment, "queue.backlog:node_tasks")
    assert "on 1 node: looks like a dead node" in found.reason
    assert found.owner_domain == "provisioning"


def test_database_clock():
    """Ages are told by the database's clock, which stamped the tasks."""
    assert kind(skew_seconds=20, claimable=(tasks(1, 2),)).oldest_claimable.value == 22


def test_database_clock_off():
    """With the database's clock too far off, node_tasks is not known to be well."""
    found = judge(skew_seconds=-45)
    assert found.status is Health.UNKNOWN
    assert "clock is off by 45 s" in found.reason


def test_stuck():
    """Tasks in flight beyond their type's limit are named with the nodes they span."""
    assessment = judged(
        node_tasks=node_tasks(
            stuck=(tasks(3, 90, "diag.health_probe", nodes=2),),
        )
    )
    found = card(assessment, "queue.stall:node_tasks")
    assert found.status is Health.DEGRADED
    assert found.reason == (
        "diag.health_probe 3 tasks in flight for more than 60 s, on 2 nodes"
    )


def test_stall():
    """Claimable work and no completion for minutes is unhealthy."""
    found = judge(
        claimable=(tasks(4, 500),), in_flight=(), flow=(flow(last=400, completed=1),)
    )
    assert found.status is Health.UNHEALTHY
    assert found.reason.startswith("nothing completed for 400 s with 4 claimable")


def test_stall_in_flight():
    """Work that is only in flight may be slow: a stall of it is degraded."""
    found = judge(claimable=(), in_flight=(tasks(2, 320),), flow=())
    assert found.status is Health.DEGRADED
    assert found.reason == "nothing completed for 300 s with 2 in flight"


def test_failures_are_no_completions():
    """A queue that only fails its tasks stands still."""
    found = judge(
        claimable=(tasks(4, 310),), flow=(flow(completed=0, failed=3, last=1),)
    )
    assert found.reason.startswith("nothing completed for 300 s")


def test_new_work_is_no_stall():
    """After a quiet hour, work that came in just now is no stall."""
    assert judge(claimable=(tasks(1, 3),), in_flight=(), flow=()).status is (
        Health.HEALTHY
    )


def test_no_history():
    """A table that never completed anything says nothing about a stall."""
    found = judge(claimable=(), in_flight=(tasks(2, 320),), flow=(), **NEVER)
    assert found.status is Health.HEALTHY


def test_failures():
    """A type that fails many of its tasks is a worker failure."""
    found = card(
        judged(node_tasks=node_tasks(flow=(flow(completed=10, failed=10),))),
        "worker.failures:node_tasks",
    )
    assert found.signal is Signal.WORKER_FAILURES
    assert found.reason == "vm 10 failed, 50 % >= 25 %"


def test_few_failures():
    """A single failure in a quiet minute is no failure rate."""
    assert judge(flow=(flow(completed=1, failed=1),)).status is Health.HEALTHY


@pytest.mark.parametrize(
    ("changed", "value", "missing"),
    [
        ({}, 20, None),
        ({"claimable": ()}, None, Absence.NOTHING_WAITING),
        ({"flow": ()}, None, Absence.NOT_ENOUGH_DATA),
        ({"flow": FailureKind.TIMEOUT}, None, FailureKind.TIMEOUT),
    ],
)
def test_drain(changed, value, missing):
    """The drain estimate is what waits by the pace of completions, or why not."""
    found = kind(**changed).drain
    assert (found.value, found.missing) == (value, missing)
    assert found.exactness is Exactness.ESTIMATED


@pytest.mark.parametrize("part", ["claimable", "in_flight", "stuck", "flow"])
def test_part_not_read(part):
    """A statement that failed leaves the queue unknown and says which."""
    found = judge(**{part: FailureKind.TIMEOUT})
    assert found.status is Health.UNKNOWN
    assert "timeout" in found.reason


def test_age_unknown():
    """Waiting tasks without a time are not known to be young."""
    timeless = replace(tasks(2, 0), oldest_at=None)
    assert judge(claimable=(timeless,)).status is Health.UNKNOWN


def test_source_failed():
    """Without the source, the declared types stay, unknown."""
    found = judged(node_tasks=FailureKind.TIMEOUT).queues.node_tasks
    assert found.status is Health.UNKNOWN
    assert [item.task_type for item in found.types] == ["diag.health_probe"]
    assert found.types[0].status is Health.UNKNOWN
    assert found.claimable.missing is FailureKind.TIMEOUT


def test_too_old():
    """A reading older than its figures may be counts as none."""
    found = judge(observed_at=ago(16))
    assert (found.status, found.claimable.missing) == (Health.UNKNOWN, Absence.TOO_OLD)


def test_terminal():
    """Finished rows are estimates, each declared status with its own or a reason."""
    rows = {item.status: item.rows for item in judge().terminal}
    assert rows["completed"].value == 9_700_000
    assert rows["completed"].exactness is Exactness.ESTIMATED
    assert rows["expired"].missing is Absence.NOT_ENOUGH_DATA


def test_undeclared_types():
    """Types that nobody declared are shown too."""
    assessment = judged(config=panel(node_tasks={}), node_tasks=node_tasks())
    names = [item.task_type for item in assessment.queues.node_tasks.types]
    assert names == ["vm"]
