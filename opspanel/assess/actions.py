"""Action cards: one for each thing that is wrong, in the platform's work order."""

from collections.abc import Iterable
from datetime import datetime

from opspanel.assess.verdict import BAD, Finding, Judged
from opspanel.assess.wording import together
from opspanel.assessment import ActionCard, Runbook
from opspanel.panel.config import PanelConfig
from opspanel.terms import BADNESS, Health, Signal

WORK_ORDER = {signal: place for place, signal in enumerate(Signal)}

TITLES = {
    Signal.STREAM_LOSS: "{name}: data may be lost",
    Signal.OUTBOX_RELAY: "Outbox relay degraded",
    Signal.QUEUE_DLQ: "{name}: failed work waits",
    Signal.API_ERRORS: "{name} elevated",
    Signal.API_LATENCY: "{name} slow",
    Signal.WORKER_FAILURES: "{name}: failures elevated",
    Signal.QUEUE_STALL: "{name} stalled",
    Signal.QUEUE_BACKLOG: "{name} backlog",
    Signal.STREAM_CAPACITY: "{name} nearly full",
    Signal.STREAM_REPLICAS: "{name}: copies behind",
    Signal.SLOW_CONSUMERS: "{name}: consumers too slow",
    Signal.FLEET_TELEMETRY: "{name}: node metrics degraded",
    Signal.SERVICE_DOWN: "{name} not fully up",
    Signal.SLO_BURN: "{name} burns",
    Signal.SOURCE_FAILED: "{name} cannot be read",
}


def action_cards(
    subjects: Iterable[Judged], panel: PanelConfig, now: datetime
) -> tuple[ActionCard, ...]:
    """Sorted by signal, then the worst first."""
    asking: dict[str, list[tuple[Judged, Finding]]] = {}
    for subject in subjects:
        for finding in subject.findings:
            if asks_for_action(finding):
                asking.setdefault(_key(subject, finding), []).append((subject, finding))
    cards = [_card(key, group, panel, now) for key, group in asking.items()]
    return tuple(sorted(cards, key=_place))


def asks_for_action(finding: Finding) -> bool:
    """A source that does not answer needs a person even if what it tells is unknown."""
    failed = finding.signal is Signal.SOURCE_FAILED
    return failed or (finding.signal is not None and finding.status in BAD)


def _key(subject: Judged, finding: Finding) -> str:
    return f"{finding.signal}:{finding.subject or subject.subject}"


def _card(
    key: str, group: list[tuple[Judged, Finding]], panel: PanelConfig, now: datetime
) -> ActionCard:
    worst_first = sorted(group, key=lambda pair: -BADNESS[pair[1].status])
    subject, first = group[0]
    signal = first.signal or Signal.SERVICE_DOWN
    return ActionCard(
        key=key,
        signal=signal,
        subject=first.subject or subject.subject,
        status=worst_first[0][1].status,
        title=_title(signal, worst_first[0][1]).format(name=subject.name),
        reason=together(_sentence(item, who) for who, item in worst_first),
        owner_domain=subject.owner,
        runbooks=_runbooks(signal, [who for who, _ in group], panel),
        since=now,
        source=subject.source,
    )


def _title(signal: Signal, finding: Finding) -> str:
    one_of_two = signal is Signal.SOURCE_FAILED and finding.status is Health.DEGRADED
    return "{name}: one of two cannot be read" if one_of_two else TITLES[signal]


def _sentence(finding: Finding, subject: Judged) -> str:
    """A source is named: its card stands for whatever else is read from it."""
    named = finding.signal is Signal.SOURCE_FAILED
    reason = f"{subject.name} {finding.reason}" if named else finding.reason
    return f"{reason}: {finding.advice}" if finding.advice else reason


def _runbooks(
    signal: Signal, subjects: Iterable[Judged], panel: PanelConfig
) -> tuple[Runbook, ...]:
    own = [name for subject in subjects for name in subject.runbooks]
    entries = {entry.id: entry for entry in panel.runbooks}
    return tuple(
        Runbook(
            id=name,
            title=entries[name].title,
            url=str(entries[name].url) if entries[name].url else None,
        )
        for name in dict.fromkeys((*own, *panel.signals.get(signal, ())))
    )


def _place(card: ActionCard) -> tuple[int, int, str]:
    return WORK_ORDER[card.signal], -BADNESS[card.status], card.key
