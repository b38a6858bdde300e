"""One act, ready to be written."""

from dataclasses import dataclass
from enum import StrEnum

from opspanel.audit.actor import Actor
from opspanel.correlation import current_id
from opspanel.sanitize.visible import one_line, shortened


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
            "actor_label": _shown(self.actor.label, 150),
            "actor_role": _shown(self.actor.role, 200),
            "action": self.action,
            "target_type": self.target.type,
            "target_id": _shown(self.target.id, 200),
            "result": self.result.value,
            "correlation_id": current_id() or "",
            "metadata": self.metadata,
            "actor_ip": self.actor.ip,
            "user_agent": _shown(self.actor.user_agent, 200),
        }


def _shown(text: str, limit: int) -> str:
    """What the column holds: names come from outside, and the act must not fail for
    the look of a name."""
    return shortened(one_line(text), limit)
