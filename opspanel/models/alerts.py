"""What Alertmanagers told. Only `opspanel.alerts` writes these."""

from django.db import models
from django.db.models import F, Q

LONGEST_SOURCE = 63
LONGEST_FINGERPRINT = 64


class AlertOccurrence(models.Model):
    """One alert from its firing to its end. `ended_at` is None while it fires.

    The same labels have the same `fingerprint`; an Alertmanager and its peers are one
    `source`. `dedup_key` names the problem for incidents. `severity_known`: whether the
    alert's own severity is one that panel.toml maps.
    """

    source = models.CharField(max_length=LONGEST_SOURCE)
    fingerprint = models.CharField(max_length=LONGEST_FINGERPRINT)
    alertname = models.CharField(max_length=120)
    service = models.CharField(max_length=63, blank=True, default="")
    severity = models.SmallIntegerField()
    severity_known = models.BooleanField()
    summary = models.CharField(max_length=500, blank=True, default="")
    link = models.CharField(max_length=2000, blank=True, default="")
    labels = models.JSONField(default=dict)
    dedup_key = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField()
    incident = models.ForeignKey(
        "ops.Incident", models.PROTECT, null=True, related_name="alerts"
    )

    class Meta:
        default_permissions = ()
        indexes = (
            models.Index(
                "source", "fingerprint", F("starts_at").desc(), name="ops_alert_history"
            ),
            models.Index("dedup_key", name="ops_alert_problem"),
            models.Index("ended_at", name="ops_alert_ended"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("source", "fingerprint"),
                condition=Q(ended_at=None),
                name="ops_alert_fires_once",
            ),
            models.CheckConstraint(
                condition=Q(severity__range=(1, 4)), name="ops_alert_severity"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("starts_at")),
                name="ops_alert_ends_after_start",
            ),
        )

    def __str__(self) -> str:
        return f"{self.alertname} from {self.source}"


class AlertDetachment(models.Model):
    """A person said that this alert is not about that incident, although it is of its
    problem. It holds for all times that the alert fires."""

    incident = models.ForeignKey(
        "ops.Incident", models.PROTECT, related_name="detachments"
    )
    source = models.CharField(max_length=LONGEST_SOURCE)
    fingerprint = models.CharField(max_length=LONGEST_FINGERPRINT)

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("incident", "source", "fingerprint"),
                name="ops_alertdetachment_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.fingerprint} from {self.source} not of {self.incident_id}"


class AlertDelivery(models.Model):
    """One message of an Alertmanager, kept for a week. `truncated`: how many alerts it
    left out; `bad`: how many of its alerts could not be read."""

    source = models.CharField(max_length=LONGEST_SOURCE)
    received_at = models.DateTimeField(db_index=True)
    size = models.PositiveIntegerField()
    body_sha256 = models.CharField(max_length=64)
    alerts = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    truncated = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=12)

    class Meta:
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(outcome__in=["taken", "malformed", "too_large"]),
                name="ops_alertdelivery_outcome",
            ),
        )

    def __str__(self) -> str:
        return f"{self.alerts} alerts from {self.source}, {self.outcome}"
