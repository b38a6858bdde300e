"""From readings to the judged platform. Pure: no clock, no I/O."""

from datetime import datetime

from opspanel.assess.actions import action_cards
from opspanel.assess.decision import decide
from opspanel.assess.dependencies import judge_dependency, unclaimed_sources
from opspanel.assess.errors import judge_errors
from opspanel.assess.figures import scene as scene_of
from opspanel.assess.nats import judge_nats
from opspanel.assess.node_tasks import judge_node_tasks
from opspanel.assess.outbox import judge_outbox, relay_subject
from opspanel.assess.pair import by_each, judge_by_both
from opspanel.assess.services import judge_service
from opspanel.assess.slos import Judge
from opspanel.assess.source_states import disagreeing, source_states
from opspanel.assess.throughput import throughput
from opspanel.assessment import Assessment, Queues
from opspanel.panel.config import PanelConfig
from opspanel.readings import Readings
from opspanel.terms import Source


def assess(readings: Readings, panel: PanelConfig, now: datetime) -> Assessment:
    """`now`: when the pass began; a reading older than a figure may be counts as none."""
    scene, twin = by_each(scene_of(readings, panel, now))
    services = [
        judge_by_both(judge_service, service, scene, twin) for service in panel.services
    ]
    health = [
        *((each.part, each.judged) for each in services),
        *(judge_dependency(dependency, scene) for dependency in panel.dependencies),
    ]
    asked = [(service, panel.promql(service)) for service in panel.services]
    errors = [
        judge_by_both(judge_errors, item, scene, twin)
        for item, names in asked
        if "errors" in names
    ]
    apart = {each.part.component_id for each in services if each.disagree}
    apart |= {each.part.component_id for each in errors if each.disagree}
    nats, streams = judge_nats(scene)
    node_tasks, tasks = judge_node_tasks(scene)
    outbox = judge_outbox(scene, twin)
    apart |= {relay_subject(scene)} if outbox.disagree else set()
    judge = Judge(readings.slos, panel, now)
    slos = [judge.judge(slo) for slo in panel.slos]
    subjects = (
        *(judged for _, judged in health),
        *(each.judged for each in errors),
        *(streams if Source.NATS in panel.kinds else ()),
        *((tasks,) if Source.NODE_TASKS in panel.kinds else ()),
        *((outbox.judged,) if Source.OUTBOX in panel.kinds else ()),
        *(judged for _, judged in slos),
        *unclaimed_sources(scene),
    )
    return Assessment(
        environment=panel.panel.environment,
        environment_profile=panel.panel.profile,
        taken_at=now,
        decision=decide(subjects),
        actions=action_cards(subjects, panel, now),
        health=tuple(component for component, _ in health),
        queues=Queues(nats=nats, node_tasks=node_tasks, outbox=outbox.part),
        throughput=tuple(
            throughput(item, scene) for item, names in asked if "throughput" in names
        ),
        errors=tuple(each.part for each in errors),
        sources=tuple(
            disagreeing(state, len(apart))
            for state in source_states(readings, panel.thresholds.clock_skew_seconds)
            if state.source in panel.kinds
        ),
        slos=tuple(slo for slo, _ in slos),
    )
