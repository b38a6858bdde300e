"""What readers get when the sanitizer failed its self-test: the last good snapshot,
marked, and nothing newer. Pure, clean to clean."""

from dataclasses import replace
from datetime import timedelta

from opspanel.sanitize.own_cards import own_card
from opspanel.snapshot.schema import ActionCard, CleanText, SelfTest, Snapshot
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
    return own_card(
        Signal.SANITIZER_FAILED,
        CleanText("Sanitizer self-test failed"),
        CleanText(
            f"{failed.survived} of {failed.canaries} planted secrets were not taken "
            "out. Stop the collector's worker and put back the last version."
        ),
        "ops.panel.sanitizer",
        failed.checked_at,
    )
