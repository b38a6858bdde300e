"""How workers and the scheduler find the queue again that they lost."""

from typing import Any, Self

from celery.app.amqp import AMQP
from kombu import Connection

AGAIN_SECONDS = 1.0


class SteadyConnection(Connection):
    """Tried each second. Celery's own pauses grow to half a minute, so after an outage of
    some minutes no pass was made for that long although the queue was back."""

    def ensure_connection(self, *args: Any, **more: Any) -> Self:
        pauses = {
            "interval_start": AGAIN_SECONDS,
            "interval_step": 0,
            "interval_max": AGAIN_SECONDS,
        }
        return super().ensure_connection(*args, **pauses | more)


class Messages(AMQP):
    Connection = SteadyConnection
