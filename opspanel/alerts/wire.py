"""The webhook of Alertmanager, version 4, as it comes: checked, nothing cleaned yet.

Keys that are not known here are accepted: the version does not rise for new ones.
"""

import hashlib
import json
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

# How Go writes "never": the end of an alert that fires.
_NEVER = 1
# In every time zone; beyond this Postgres keeps what Python cannot read.
_YEARS = range(1970, 9999)
MOST_LABELS = 64
# What a column holds.
MOST = 2**31 - 1


class MalformedError(Exception):
    """Nothing of the message could be used. `reason` is ours, and quotes nothing."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class Envelope(Wire):
    """`alerts` are read one by one: one bad alert spoils no other."""

    version: Literal["4"]
    alerts: list[Any]
    truncated: Annotated[int, Field(alias="truncatedAlerts", ge=0, le=MOST)] = 0


class Alert(Wire):
    """`ended_at` is None while it fires."""

    status: Literal["firing", "resolved"]
    labels: Annotated[dict[str, str], Field(max_length=MOST_LABELS)]
    annotations: dict[str, str] = {}
    starts_at: Annotated[AwareDatetime, Field(alias="startsAt")]
    ended_at: Annotated[AwareDatetime | None, Field(alias="endsAt")] = None
    link: Annotated[str, Field(alias="generatorURL")] = ""
    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{0,64}$")] = ""

    @model_validator(mode="after")
    def has_a_name_and_its_times(self) -> Self:
        if not self.labels.get("alertname"):
            message = "no alertname"
            raise ValueError(message)
        if self.status == "resolved" and self.end is None:
            message = "resolved without an end"
            raise ValueError(message)
        times = (self.starts_at, self.end)
        if any(time and time.year not in _YEARS for time in times):
            message = "no such time"
            raise ValueError(message)
        return self

    @property
    def end(self) -> Any:
        """None while it fires; never before the start."""
        given = self.ended_at
        if self.status == "firing" or given is None or given.year == _NEVER:
            return None
        return max(given, self.starts_at)

    @property
    def identity(self) -> str:
        """The fingerprint; old Alertmanagers send none, so one of the labels."""
        if self.fingerprint:
            return self.fingerprint
        labels = json.dumps(self.labels, sort_keys=True)
        return hashlib.sha256(labels.encode()).hexdigest()[:16]


def envelope(body: bytes) -> Envelope:
    """Raises MalformedError."""
    try:
        return Envelope.model_validate_json(body)
    except ValidationError:
        reason = "This is no webhook message of Alertmanager, version 4."
        raise MalformedError(reason) from None


def alert(raw: Any) -> Alert | None:
    """None for what cannot be read."""
    try:
        return Alert.model_validate(raw)
    except ValidationError:
        return None
