"""The watchlist: signals, their points, and the items. Only `opspanel.watchlist` writes
these."""

from django.db import models
from django.db.models import Q

from opspanel.models.incidents import LONGEST_NAME, Incident
from opspanel.terms import WatchEventType, WatchFeedback, WatchStatus

LONGEST_WATCH = 63
LONGEST_SUBJECT = 120
LONGEST_LINE = 500


class WatchSignal(models.Model):
    """One thing that a `[[watch]]` of panel.toml measures, and how it was last judged.

    `subject`: which of several, empty where there is one. `raised` and `ended` are slots
    of five minutes since 1970; with `detector` they are what a judgement remembers.
    """

    watch = models.CharField(max_length=LONGEST_WATCH)
    subject = models.CharField(max_length=LONGEST_SUBJECT, blank=True, default="")
    state = models.CharField(max_length=10)
    line = models.CharField(max_length=LONGEST_LINE, blank=True, default="")
    raised = models.BigIntegerField(null=True)
    ended = models.BigIntegerField(null=True)
    detector = models.CharField(max_length=20, blank=True, default="")
    judged_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("watch", "subject"), name="ops_watchsignal_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.watch} {self.subject}".strip()


class WatchPoint(models.Model):
    """A signal in one slot of five minutes; no row where nothing could be measured."""

    pk = models.CompositePrimaryKey("signal_id", "slot")
    signal = models.ForeignKey(WatchSignal, models.CASCADE, db_index=False)
    slot = models.BigIntegerField()
    value = models.FloatField()

    class Meta:
        default_permissions = ()
        indexes = (models.Index("slot", name="ops_watchpoint_oldest"),)

    def __str__(self) -> str:
        return f"{self.value} in slot {self.slot}"


class WatchItem(models.Model):
    """Something to do about what grows. `listed_as`: its id in panel.toml, of those that
    people keep; else `signal` is what a detector raised, and `line` its newest figures.

    `ended_at`: when the signal was calm again, None while it is not. `feedback`: whether
    somebody found the detector right.
    """

    listed_as = models.CharField(max_length=LONGEST_WATCH, blank=True, default="")
    signal = models.ForeignKey(WatchSignal, models.SET_NULL, null=True)
    detector = models.CharField(max_length=20, blank=True, default="")
    title = models.CharField(max_length=200)
    status = models.CharField(max_length=12, default=WatchStatus.OPEN.value)
    why = models.CharField(max_length=LONGEST_LINE, blank=True, default="")
    line = models.CharField(max_length=LONGEST_LINE, blank=True, default="")
    baseline = models.CharField(max_length=LONGEST_LINE, blank=True, default="")
    target = models.CharField(max_length=LONGEST_LINE, blank=True, default="")
    progress = models.CharField(max_length=LONGEST_LINE, blank=True, default="")
    owner = models.CharField(max_length=80)
    phase = models.CharField(max_length=80, blank=True, default="")
    severity = models.SmallIntegerField()
    security = models.BooleanField(default=False)
    times = models.FloatField(default=0.0)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    muted_until = models.DateTimeField(null=True)
    feedback = models.CharField(max_length=10, blank=True, default="")
    feedback_at = models.DateTimeField(null=True)
    incident = models.ForeignKey(Incident, models.PROTECT, null=True)

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("listed_as",),
                condition=~Q(listed_as=""),
                name="ops_watchitem_listed_once",
            ),
            models.UniqueConstraint(
                fields=("signal",),
                condition=~Q(status=WatchStatus.DONE.value),
                name="ops_watchitem_open_once",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[each.value for each in WatchStatus]),
                name="ops_watchitem_status",
            ),
            models.CheckConstraint(
                condition=Q(feedback__in=["", *(each.value for each in WatchFeedback)]),
                name="ops_watchitem_feedback",
            ),
        )

    def __str__(self) -> str:
        return self.title


class WatchEvent(models.Model):
    """One line of an item's history. `changes`: before and after, by field."""

    item = models.ForeignKey(WatchItem, models.CASCADE, related_name="events")
    at = models.DateTimeField()
    type = models.CharField(max_length=10)
    actor_label = models.CharField(max_length=LONGEST_NAME)
    body = models.CharField(max_length=LONGEST_LINE, blank=True, default="")
    changes = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(type__in=[each.value for each in WatchEventType]),
                name="ops_watchevent_type",
            ),
        )

    def __str__(self) -> str:
        return f"{self.type} of {self.item_id}"
