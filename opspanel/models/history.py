"""What is kept of the past beside the minutes themselves."""

from django.db import models
from django.db.models.functions import Now

LONGEST_NAME = 200
LONGEST_VERSION = 64
LONGEST_FIGURE = 500


class StateChange(models.Model):
    """Something was judged otherwise from `at` on. `opspanel.snapshot` alone writes this.

    `was` is empty where it was judged for the first time, or for the first time in so
    long that what it was before is gone.
    """

    pk = models.CompositePrimaryKey("kind", "name", "at")
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=LONGEST_NAME, blank=True)
    at = models.DateTimeField()
    status = models.CharField(max_length=12)
    was = models.CharField(max_length=12, blank=True)

    class Meta:
        default_permissions = ()
        # For what changed between two moments, and for trimming.
        indexes = (models.Index("at", name="ops_statechange_at"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.name} {self.status} at {self.at}"


class Deploy(models.Model):
    """A service got a version in that minute, however many processes of it told so.
    `opspanel.history` alone writes this."""

    pk = models.CompositePrimaryKey("service", "version", "minute")
    service = models.CharField(max_length=63)
    version = models.CharField(max_length=LONGEST_VERSION)
    minute = models.DateTimeField()
    told_by = models.CharField(max_length=80)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        indexes = (models.Index("minute", name="ops_deploy_minute"),)

    def __str__(self) -> str:
        return f"{self.service} {self.version} at {self.minute:%Y-%m-%d %H:%M}"


class FigureName(models.Model):
    """What a number in the bodies of rollups stands for."""

    name = models.CharField(max_length=LONGEST_FIGURE, unique=True)
    unit = models.CharField(max_length=12)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class FigureRollup(models.Model):
    """All figures of `step` seconds from `at` on: see opspanel.snapshot.rollups, which
    alone writes this. `taken_at`: of the newest snapshot in it."""

    pk = models.CompositePrimaryKey("step", "at")
    step = models.PositiveIntegerField()
    at = models.DateTimeField()
    taken_at = models.DateTimeField()
    body = models.BinaryField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.step} s from {self.at}"
