"""What holds for whatever the sources say, however odd."""

from dataclasses import fields, is_dataclass, replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opspanel.assess.overview import assess
from opspanel.assessment import Figure
from opspanel.terms import FailureKind, Health
from tests.assess.anything import any_readings, failures, nearly_well
from tests.assess.given import NOW, panel

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
