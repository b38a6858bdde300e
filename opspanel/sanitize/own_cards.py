"""Action cards about the panel itself. Their words are ours."""

from datetime import datetime

from opspanel.snapshot.schema import ActionCard, CleanText, Runbook
from opspanel.terms import Health, Signal


def own_card(
    signal: Signal, title: CleanText, reason: CleanText, runbook: str, since: datetime
) -> ActionCard:
    return ActionCard(
        key=CleanText(f"{signal}:panel"),
        signal=signal,
        subject=CleanText("panel"),
        status=Health.UNHEALTHY,
        title=title,
        reason=reason,
        owner_domain=CleanText("panel"),
        runbooks=(Runbook(id=CleanText(runbook), title=title, url=None),),
        since=since,
        source=None,
        held_over=False,
    )
