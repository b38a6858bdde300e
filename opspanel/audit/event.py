"""One act, ready to be written."""

from dataclasses import dataclass
from enum import StrEnum

from opspanel.audit.actor import Actor
from opspanel.correlation import current_id


class Result(StrEnum):
    SUCCESS = "success"
    FAILURE = "failure"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Target:
    """What was acted on: a kind in snake_case, and which one of that kind."""

    type: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """`metadata` is JSON that has passed the allowlist."""

    action: str
    target: Target
    actor: Actor
    result: Result
    metadata: str

    def row(self) -> dict[str, object]:
        return {
            "actor_user_id": self.actor.user_id,
            "actor_label": self.actor.label,
            "actor_role": self.actor.role,
            "action": self.action,
            "target_type": self.target.type,
            "target_id": self.target.id,
            "result": self.result.value,
            "correlation_id": current_id() or "",
            "metadata": self.metadata,
            "actor_ip": self.actor.ip,
            "user_agent": self.actor.user_agent,
        }
