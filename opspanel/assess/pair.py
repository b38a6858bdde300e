"""Two Prometheus servers that scrape the same targets: what both say of a service.

Each reading is judged by itself, as if there were no other. Where they differ by more
than scrapes at different moments do, the worse one is shown, with the words of both.
Where one does not answer, the other one stands for both.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from opspanel.assess.figures import Scene
from opspanel.assess.throughput import rate, too_quiet
from opspanel.assess.verdict import UNSEEN, Finding, Judged, by_severity
from opspanel.assess.wording import number
from opspanel.assessment import Component, ErrorRate, Figure, Outbox
from opspanel.panel.config import Service
from opspanel.terms import BADNESS, Absence, FailureKind, Health

# Two that scrape at different moments see rates that differ by as much.
NOISE = 0.25


@dataclass(frozen=True, slots=True)
class ByBoth[Part: (Component, ErrorRate, Outbox)]:
    part: Part
    judged: Judged
    disagree: bool


def by_each(scene: Scene) -> tuple[Scene, Scene | None]:
    """The scene to judge by, and a second one where both of a pair answered."""
    if scene.replica is None:
        return scene, None
    twin = replace(scene, prometheus=scene.replica)
    if isinstance(scene.replica, Absence | FailureKind):
        return replace(scene, silent=("its replica", scene.replica)), None
    if isinstance(scene.prometheus, Absence | FailureKind):
        return replace(twin, silent=("the first of the pair", scene.prometheus)), None
    return scene, twin


type Judge[Part: (Component, ErrorRate)] = Callable[
    [Service, Scene], tuple[Part, Judged]
]


def judge_by_both[Part: (Component, ErrorRate)](
    judge: Judge[Part], service: Service, first: Scene, second: Scene | None
) -> ByBoth[Part]:
    one = judge(service, first)
    if second is None:
        return ByBoth(*one, disagree=False)
    two = judge(service, second)
    part, judged = max(one, two, key=lambda each: _badness(each[0]))
    words = _difference(one[0], two[0]) or _of_rates(one[0], service, first, second)
    if not words:
        return ByBoth(part, judged, disagree=False)
    return ByBoth(replace(part, reason=words), _saying(judged, words), disagree=True)


def _badness(part: Component | ErrorRate) -> tuple[int, float]:
    """Of two that are as bad, the one with fewer instances or more errors."""
    if isinstance(part, Component):
        return BADNESS[part.status], -(part.instances_up.value or 0.0)
    return BADNESS[part.status], part.ratio.value or 0.0


def _difference[Part: (Component, ErrorRate)](one: Part, two: Part) -> str:
    if not _is_apart(one, two):
        return ""
    return f"Prometheus says {one.reason}, its replica {two.reason}"


def _is_apart(one: Component | ErrorRate, two: Component | ErrorRate) -> bool:
    if _instances(one) != _instances(two):
        return True
    if one.status is two.status:
        return False
    unseen = {one.status, two.status} & UNSEEN
    return bool(unseen) or not is_near(_judged_by(one), _judged_by(two))


def _instances(part: Component | ErrorRate) -> float | None:
    return part.instances_up.value if isinstance(part, Component) else None


def _judged_by(part: Component | ErrorRate) -> Figure | None:
    return part.latency_p95 if isinstance(part, Component) else part.ratio


def _of_rates(
    one: Component | ErrorRate, service: Service, first: Scene, second: Scene
) -> str:
    if not isinstance(one, Component) or "throughput" not in first.panel.promql(
        service
    ):
        return ""
    rates = rate(service, first), rate(service, second)
    quiet = all(too_quiet(each, first) for each in rates)
    if quiet or is_near(*rates):
        return ""
    here, there = (_a_second(each) for each in rates)
    return f"{one.reason}; Prometheus says {here}, its replica {there}"


def _a_second(figure: Figure) -> str:
    return "no rate" if figure.value is None else f"{number(figure.value)}/s"


def is_near(one: Figure | None, two: Figure | None) -> bool:
    here, there = (each.value if each else None for each in (one, two))
    if here is None or there is None:
        return here is there
    return abs(here - there) <= NOISE * max(abs(here), abs(there))


def _saying(judged: Judged, words: str) -> Judged:
    """Its gravest finding tells what both say."""
    first, *rest = by_severity(judged.findings) or [
        Finding(status=Health.HEALTHY, reason="")
    ]
    return replace(judged, findings=(replace(first, reason=words), *rest))
