"""What incidents have to tell others, and how telling each of them went."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from opspanel.models.incidents import IncidentEvent

LONGEST_WEBHOOK = 63


class IncidentMessage(models.Model):
    """One event, to be told to others: the outbox.

    `payload` holds no free text. Whoever sends it reads the event's words then, so that
    a redaction reaches also what waits. `subject` is the incident's ref.
    """

    event = models.OneToOneField(IncidentEvent, models.PROTECT, related_name="message")
    subject = models.CharField(max_length=40)
    type = models.CharField(max_length=40)
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
    # Whose act it was, so that who sends it goes on with that trace.
    correlation_id = models.CharField(max_length=64, db_default="", default="")
    traceparent = models.CharField(max_length=55, db_default="", default="")

    class Meta:
        db_table = "ops_incidentoutbox"
        default_permissions = ()
        indexes = (models.Index("created_at", name="ops_incidentoutbox_newest"),)

    def __str__(self) -> str:
        return f"{self.type} of {self.subject}"


class IncidentDelivery(models.Model):
    """One message on its way to one webhook of panel.toml.

    It waits while `done_at` is None. `status`: the last answer's, 0 for none, and then
    `failure` says why there was none. `refused`: the other side said that it will never
    take it. `paused_at`: when it had failed so often that it is asked rarely.
    """

    message = models.ForeignKey(IncidentMessage, models.PROTECT)
    webhook = models.CharField(max_length=LONGEST_WEBHOOK)
    attempt = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    refused = models.BooleanField(default=False)
    status = models.PositiveSmallIntegerField(default=0)
    took_ms = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=12, blank=True, default="", db_default="")
    paused_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("webhook", "message"), name="ops_incidentdelivery_once"
            ),
        )
        indexes = (
            models.Index(
                "webhook",
                "message",
                condition=Q(done_at=None),
                name="ops_incidentdelivery_waits",
            ),
        )

    def __str__(self) -> str:
        return f"message {self.message_id} to {self.webhook}"


class IncidentWebhook(models.Model):
    """A webhook of panel.toml that was served. `looked_at`, by the clock of Postgres:
    until when the outbox was looked through for it, to a minute."""

    name = models.CharField(max_length=LONGEST_WEBHOOK, primary_key=True)
    looked_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.name}, looked after at {self.looked_at}"
