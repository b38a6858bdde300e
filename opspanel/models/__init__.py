"""The panel's own tables. Platform tables are read by `sources` and never modelled."""

from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone

from opspanel.models.alerts import AlertDelivery, AlertDetachment, AlertOccurrence
from opspanel.models.history import Deploy, FigureName, FigureRollup, StateChange
from opspanel.models.incidents import (
    Incident,
    IncidentEvent,
    IncidentService,
)
from opspanel.models.looks import Look
from opspanel.models.messages import IncidentDelivery, IncidentMessage, IncidentWebhook
from opspanel.models.screens import Pairing, Screen, ScreenToken
from opspanel.models.watch import WatchEvent, WatchItem, WatchPoint, WatchSignal

__all__ = [
    "AccessToken",
    "AlertDelivery",
    "AlertDetachment",
    "AlertOccurrence",
    "Attempts",
    "AuditAnchor",
    "AuditEvent",
    "AuditVerification",
    "CollectionSlot",
    "Deploy",
    "FigureName",
    "FigureRollup",
    "Incident",
    "IncidentDelivery",
    "IncidentEvent",
    "IncidentMessage",
    "IncidentService",
    "IncidentWebhook",
    "Look",
    "Pairing",
    "Permissions",
    "RegionPart",
    "Screen",
    "ScreenToken",
    "SnapshotMinute",
    "StateChange",
    "User",
    "WatchEvent",
    "WatchItem",
    "WatchPoint",
    "WatchSignal",
]


class User(AbstractUser):
    """A person. Roles are groups made by migration; code asks for permissions only."""

    # A session of an earlier epoch is over: see opspanel.access.sessions.
    session_epoch = models.PositiveIntegerField(default=0)


class Session(AbstractBaseSession):
    """A session and whose it is, so that it can be read together with its account.

    The signed text in it has the last word on whose it is: see access.session_store.
    """

    user_id = models.BigIntegerField(null=True)

    class Meta(AbstractBaseSession.Meta):
        db_table = "ops_session"
        default_permissions = ()


class Permissions(models.Model):
    """Holds the panel's permissions; has no table."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = (
            ("view_overview", "See the overview"),
            ("record_incidents", "Record incidents"),
            ("manage_access", "Manage accounts, tokens and screens"),
            ("view_audit", "Read and export the audit trail"),
            ("void_resolved_incidents", "Make resolved incidents void"),
            ("tend_watchlist", "Tend the watchlist"),
        )

    def __str__(self) -> str:
        return "permissions of the operations panel"


class SnapshotMinute(models.Model):
    """The newest clean snapshot of each minute, compressed JSON of `schema`.

    Written at every pass, so that its newest row is also the newest snapshot of all.
    """

    minute = models.DateTimeField(primary_key=True)
    taken_at = models.DateTimeField()
    schema = models.PositiveSmallIntegerField()
    body = models.BinaryField()

    def __str__(self) -> str:
        return f"snapshot of {self.minute:%Y-%m-%d %H:%M}"


class RegionPart(models.Model):
    """The newest clean snapshot of one other region, compressed JSON of `schema`, as its
    own worker took it. `opspanel.snapshot` alone writes this."""

    region = models.CharField(max_length=24, primary_key=True)
    taken_at = models.DateTimeField()
    schema = models.PositiveSmallIntegerField()
    body = models.BinaryField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.region} at {self.taken_at}"


class CollectionSlot(models.Model):
    """One claimed interval of a job. The primary key makes a pass run once."""

    pk = models.CompositePrimaryKey("job", "slot")
    job = models.CharField(max_length=40)
    slot = models.BigIntegerField()
    claimed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.job} slot {self.slot}"


class AccessToken(models.Model):
    """A script's credential for one scope. Only the SHA-256 of it is kept."""

    name = models.CharField(max_length=80, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=40)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Attempts(models.Model):
    """How often something was tried in a window. Written by access.attempts alone."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    until = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "ops_attempts"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.count} until {self.until:%H:%M}"


class AuditEvent(models.Model):
    """Who did what. For reading only: `opspanel.audit.record` writes, Postgres refuses
    change, and migration 0003 is the table's true form."""

    seq = models.BigIntegerField(primary_key=True)
    created_at = models.DateTimeField()
    actor_user_id = models.BigIntegerField(null=True)
    actor_label = models.TextField()
    actor_role = models.TextField()
    action = models.TextField()
    target_type = models.TextField()
    target_id = models.TextField()
    result = models.TextField()
    correlation_id = models.TextField()
    metadata = models.JSONField()
    actor_ip = models.GenericIPAddressField(null=True)
    user_agent = models.TextField()
    prev_hash = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        managed = False
        db_table = "ops_auditevent"
        default_permissions = ()

    def __str__(self) -> str:
        return f"audit row {self.seq}: {self.action}"


class AuditAnchor(models.Model):
    """What the trail's end once was. It only grows, too."""

    seq = models.BigIntegerField(primary_key=True)
    hash = models.BinaryField()
    taken_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "ops_auditanchor"
        default_permissions = ()

    def __str__(self) -> str:
        return f"anchor at {self.seq}"


class AuditVerification(models.Model):
    """The one row that says how the last verification went."""

    id = models.SmallIntegerField(primary_key=True)
    result = models.TextField()
    verified_at = models.DateTimeField()
    read_whole_at = models.DateTimeField(null=True)
    last_seq = models.BigIntegerField()
    last_hash = models.BinaryField(default=bytes(32))
    fault = models.TextField()

    class Meta:
        managed = False
        db_table = "ops_auditverification"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.result} up to {self.last_seq}"
