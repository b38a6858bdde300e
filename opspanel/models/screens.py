"""Screens on walls. `opspanel.access` alone writes these tables."""

from django.db import models


class Screen(models.Model):
    """A display on a wall: not a person. Its page loads anew when `version` rises.

    `boards`: how many it shows at once. `build`: what its page was made of when last
    seen. `revoked_for`: "admin", or "reuse" of a spent token.
    """

    name = models.CharField(max_length=60)
    place = models.CharField(max_length=60)
    boards = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField(default=1)
    approved_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    build = models.CharField(max_length=16)
    revoked_at = models.DateTimeField(null=True)
    revoked_for = models.CharField(max_length=16)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.name}, {self.place}"


class ScreenToken(models.Model):
    """One token that a screen was given; only its SHA-256. See access.screens."""

    digest = models.CharField(max_length=64, primary_key=True)
    screen = models.ForeignKey(Screen, models.CASCADE, related_name="tokens")
    issued_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    spent_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"a token of {self.screen_id} of {self.issued_at:%Y-%m-%d}"


class Pairing(models.Model):
    """A code that an unpaired browser shows. `digest`: SHA-256 of what only that browser
    knows. `screen`: what an admin made of it."""

    digest = models.CharField(max_length=64, primary_key=True)
    code = models.CharField(max_length=8, unique=True)
    until = models.DateTimeField(db_index=True)
    screen = models.ForeignKey(Screen, models.CASCADE, null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"a pairing until {self.until:%H:%M:%S}"
