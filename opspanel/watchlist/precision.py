"""How often each detector was right, by what people said of its items."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from opspanel.models import WatchItem
from opspanel.panel.watch import Watchlist
from opspanel.terms import Detector, WatchFeedback

REMEMBERED = timedelta(days=90)
_LEAST = 0.5


@dataclass(frozen=True, slots=True)
class Precision:
    detector: Detector
    confirmed: int
    dismissed: int
    suspended: bool

    @property
    def share(self) -> float:
        return self.confirmed / (self.confirmed + self.dismissed)


def precisions(config: Watchlist, now: datetime) -> list[Precision]:
    """Of detectors of which anybody said anything in the last 90 days."""
    said = WatchItem.objects.filter(feedback_at__gte=now - REMEMBERED)
    rows = said.exclude(detector="").values_list("detector")
    counted = rows.annotate(
        confirmed=Count("pk", filter=Q(feedback=WatchFeedback.CONFIRMED.value)),
        dismissed=Count("pk", filter=Q(feedback=WatchFeedback.DISMISSED.value)),
    )
    return [
        Precision(
            Detector(name),
            confirmed,
            dismissed,
            confirmed + dismissed >= config.minimum_verdicts
            and confirmed < _LEAST * (confirmed + dismissed),
        )
        for name, confirmed, dismissed in counted.order_by("detector")
    ]


def suspended(config: Watchlist, now: datetime) -> tuple[Detector, ...]:
    return tuple(each.detector for each in precisions(config, now) if each.suspended)
