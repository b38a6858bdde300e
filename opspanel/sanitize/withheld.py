"""What readers get when the sanitizer failed its self-test: the last good snapshot,
marked, and nothing newer. Pure, clean to clean."""

from dataclasses import replace
from datetime import timedelta

from opspanel.snapshot.schema import (
    ActionCard,
    CleanText,
    Runbook,
    SelfTest,
    Snapshot,
)
from opspanel.terms import Health, Signal

_SENTENCE = CleanText(
    "The sanitizer failed its self-test: new figures are withheld, these are old."
)
# Readers and stores take a later snapshot only; the figures keep their own old times.
_LATER = timedelta(milliseconds=1)


def withhold(previous: Snapshot, failed: SelfTest) -> Snapshot:
    decision = replace(previous.decision, status=Health.UNKNOWN, sentence=_SENTENCE)
    others = tuple(
        card for card in previous.actions if card.signal != Signal.SANITIZER_FAILED
    )
    return replace(
        previous,
        taken_at=previous.taken_at + _LATER,
        decision=decision,
        actions=(_card(failed), *others),
        self_test=failed,
    )


def _card(failed: SelfTest) -> ActionCard:
    return ActionCard(
        key=CleanText(f"{Signal.SANITIZER_FAILED}:panel"),
        signal=Signal.SANITIZER_FAILED,
        subject=CleanText("panel"),
        status=Health.UNHEALTHY,
        title=CleanText("Sanitizer failed its self-test"),
        reason=CleanText(
            f"{failed.survived} of {failed.canaries} planted secrets were not taken "
            "out. Stop the collector's worker and put back the last version."
        ),
        owner_domain=CleanText("panel"),
        runbooks=(
            Runbook(
                id=CleanText("ops.panel.sanitizer"),
                title=CleanText("Sanitizer self-test failed"),
                url=None,
            ),
        ),
        since=failed.checked_at,
        source=None,
        held_over=False,
    )
