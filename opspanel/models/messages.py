"""What incidents have to tell others, and how telling each of them went."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from opspanel.models.incidents import IncidentEvent


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

    class Meta:
        db_table = "ops_incidentoutbox"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.type} of {self.subject}"


class IncidentDelivery(models.Model):
    """One message on its way to one webhook of panel.toml.

    It waits while `done_at` is None. `status`: the last answer's, 0 for none. `refused`:
    the other side said that it will never take it.
    """

    message = models.ForeignKey(IncidentMessage, models.PROTECT)
    webhook = models.CharField(max_length=63)
    attempt = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    refused = models.BooleanField(default=False)
    status = models.PositiveSmallIntegerField(default=0)
    took_ms = models.PositiveIntegerField(default=0)

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
