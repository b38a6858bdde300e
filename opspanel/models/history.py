"""What is kept of the past beside the minutes themselves."""

from django.db import models

LONGEST_NAME = 200


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
