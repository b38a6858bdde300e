"""The panel's own tables. Platform tables are read by `sources` and never modelled."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone


class User(AbstractUser):
    """A person. Roles are groups made by migration; code asks for permissions only."""


class Permissions(models.Model):
    """Holds the panel's permissions; has no table."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = (
            ("view_overview", "See the overview"),
            ("record_incidents", "Record incidents"),
            ("manage_access", "Manage accounts, tokens and screens"),
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
