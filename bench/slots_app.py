"""The Celery app of bench.slots: its beat asks for a run each slot, by a clock that may
be wrong, and its workers claim the slot as the panel's do.

Configured by the panel's settings, and by three variables of bench.slots.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

from celery import Celery

from opspanel import env

env.use_these_settings()
SECONDS = float(os.environ["BENCH_SLOT_SECONDS"])
SKEW = timedelta(seconds=float(os.environ.get("BENCH_SKEW", "0")))
RAN = Path(os.environ["BENCH_RAN"])


class Skewed(Celery):
    """Says until when what it asks for is worth doing, by its own clock."""

    def now(self) -> datetime:
        told: datetime = super().now()
        return told + SKEW


app = Skewed("bench", amqp="opspanel.broker:Messages")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_routes = {}
app.conf.beat_schedule = {
    "run": {
        "task": "bench.slots.run",
        "schedule": SECONDS,
        "options": {"expires": SECONDS},
    }
}


@app.task(name="bench.slots.run")
def run() -> None:
    from opspanel.slots import claim

    slot = claim("bench", SECONDS)
    if slot is not None:
        with RAN.open("a") as ran:
            ran.write(f"{slot.number}\n")
