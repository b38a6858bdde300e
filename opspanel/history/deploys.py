"""Deploys: told by scripts, once for each service, version and minute; shown as marks."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from django.db import connection
from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

from opspanel.audit import Actor, Target, audited, record
from opspanel.models import Deploy
from opspanel.models.history import LONGEST_VERSION
from opspanel.panel.config import PanelConfig
from opspanel.sanitize import fields
from opspanel.snapshot.schema import CleanText

KEPT: Final = timedelta(days=90)
# Clocks of those who deploy run ahead of ours a little.
_AHEAD = timedelta(minutes=1)
# Few rows a time: a deploy never waits for many that are old.
_TRIM = """
DELETE FROM ops_deploy WHERE (service, version, minute) IN (
    SELECT service, version, minute FROM ops_deploy WHERE minute < %s
    ORDER BY minute LIMIT 100
)
"""


class DeployRefusedError(Exception):
    """`messages`: a sentence for each field that is not valid."""

    def __init__(self, messages: dict[str, str]) -> None:
        super().__init__("This deploy is not valid.")
        self.messages = messages


class DeployTold(BaseModel):
    """`at` is when it was live; without it, now. Send it, and a repetition is none."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    service: Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9-]{0,62}$")]
    version: Annotated[
        str,
        StringConstraints(
            pattern="^[A-Za-z0-9][A-Za-z0-9._+-]*$", max_length=LONGEST_VERSION
        ),
    ]
    at: AwareDatetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One deploy. `minute` is its beginning."""

    service: CleanText
    version: CleanText
    minute: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """`known`: it had been told before, and nothing was recorded."""

    service: CleanText
    version: CleanText
    minute: datetime
    known: bool


def take(told: DeployTold, by: Actor, panel: PanelConfig, now: datetime) -> Taken:
    """Raises DeployRefusedError, and AuditBusyError: then nothing was recorded."""
    at = (told.at or now).astimezone(UTC)
    _check(told, at, panel, now)
    key = {
        "service": told.service,
        "version": told.version,
        "minute": at.replace(second=0, microsecond=0),
    }
    with audited():
        row, made = Deploy.objects.get_or_create(
            **key, defaults={"told_by": by.label[:80]}
        )
        if made:
            _trim(now)
            target = Target("deploy", told.service)
            minute = f"{row.minute:%Y-%m-%dT%H:%MZ}"
            metadata = {"new_value": told.version, "request_scope": minute}
            record("deploy.record", target, actor=by, metadata=metadata)
    mark = _mark(row)
    return Taken(
        service=mark.service, version=mark.version, minute=mark.minute, known=not made
    )


def between(since: datetime, until: datetime, most: int) -> tuple[Mark, ...]:
    """After `since`, up to and with `until`: the newest `most`, oldest first."""
    rows = Deploy.objects.filter(minute__gt=since, minute__lte=until)
    newest = rows.order_by("-minute", "service", "version")[:most]
    return tuple(map(_mark, reversed(newest)))


def _check(told: DeployTold, at: datetime, panel: PanelConfig, now: datetime) -> None:
    messages = {}
    if told.service not in {service.id for service in panel.services}:
        messages["service"] = "panel.toml names no service of this id."
    if fields.version(told.version) != told.version:
        messages["version"] = "This looks like a secret, and was not stored."
    if not now - KEPT < at <= now + _AHEAD:
        messages["at"] = f"Neither ahead of now, nor older than {KEPT.days} days."
    if messages:
        raise DeployRefusedError(messages)


def _trim(now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TRIM, [now - KEPT])


def _mark(row: Deploy) -> Mark:
    return Mark(
        service=fields.service(row.service),
        version=fields.version(row.version),
        minute=row.minute,
    )
