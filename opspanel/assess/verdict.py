"""From single findings to a status with its reason. Bad beats unknown beats healthy."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from opspanel.assess.wording import Missing, together, why
from opspanel.panel.section import Level
from opspanel.terms import BADNESS, Absence, FailureKind, Health, Signal, Source

BAD = frozenset({Health.DEGRADED, Health.UNHEALTHY})
UNSEEN = frozenset({Health.UNKNOWN, Health.NOT_REPORTED})
NOT_THERE = frozenset({Absence.NO_SERIES, FailureKind.UNCONFIGURED})


class HasStatus(Protocol):
    @property
    def status(self) -> Health: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to say about a subject; a HEALTHY one is a remark.

    A bad finding with a `signal` asks for an action card. `subject` is what the card
    is about, where that differs from what was judged; `advice` is added to its reason.
    """

    status: Health
    reason: str
    signal: Signal | None = None
    subject: str | None = None
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One subject of the decision. `counted`: one of the declared signals."""

    name: str
    subject: str
    owner: str
    findings: tuple[Finding, ...]
    source: Source
    counted: bool = True
    critical: bool = False
    runbooks: tuple[str, ...] = ()

    @property
    def status(self) -> Health:
        return worst(finding.status for finding in self.findings)

    @property
    def fresh(self) -> bool:
        return not any(finding.status in UNSEEN for finding in self.findings)


def worst(statuses: Iterable[Health]) -> Health:
    """Nothing to say against a subject means HEALTHY: give every gap a finding."""
    return max(statuses, key=BADNESS.__getitem__, default=Health.HEALTHY)


def verdict(findings: Iterable[Finding], *, fine: str) -> tuple[Health, str]:
    """The worst status and the first reasons, worst first; `fine` where nothing is wrong."""
    ordered = by_severity(findings)
    status = worst(finding.status for finding in ordered)
    reasons = [finding.reason for finding in ordered]
    if status is Health.HEALTHY:
        reasons = [fine, *reasons]
    return status, together(reasons)


def headline(findings: Iterable[Finding], *, fine: str) -> tuple[Health, str]:
    """As `verdict`, for many subjects at once: the worst reason and how many more."""
    ordered = by_severity(findings)
    if not ordered or ordered[0].status is Health.HEALTHY:
        return Health.HEALTHY, fine
    more = sum(finding.status is not Health.HEALTHY for finding in ordered) - 1
    rest = f"; {more} more" if more else ""
    return ordered[0].status, ordered[0].reason + rest


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: -BADNESS[finding.status])


def worst_shown[Item: HasStatus](items: Iterable[Item], most: int) -> tuple[Item, ...]:
    """The `most` worst, in the order in which they came."""
    ordered = list(items)
    by_status = sorted(ordered, key=lambda item: -BADNESS[item.status])
    kept = {id(item) for item in by_status[:most]}
    return tuple(item for item in ordered if id(item) in kept)


def graded(value: float, level: Level) -> Health:
    if value >= level.unhealthy:
        return Health.UNHEALTHY
    return Health.DEGRADED if value >= level.degraded else Health.HEALTHY


def crossed(value: float, level: Level) -> float:
    """The threshold to name beside a value that is not healthy."""
    return level.unhealthy if value >= level.unhealthy else level.degraded


def of_part(name: str, finding: Finding) -> Finding:
    """What was found of a part, as said of the whole."""
    return replace(finding, reason=f"{name} {finding.reason}")


def unseen(missing: Missing, what: str = "") -> Finding:
    """A gap: NOT_REPORTED where the thing is not there to be seen, else UNKNOWN."""
    status = Health.NOT_REPORTED if missing in NOT_THERE else Health.UNKNOWN
    reason = f"{what}: {why(missing)}" if what else why(missing)
    return Finding(status=status, reason=reason)
