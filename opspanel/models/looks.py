"""Until when a person has looked at incidents. Only `opspanel.handover` writes this."""

from django.conf import settings
from django.db import models


class Look(models.Model):
    """One a person. `looked_at` is when what they had before them was read."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+"
    )
    looked_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"account {self.pk} looked at {self.looked_at}"
