"""The Celery app. Beat asks for a pass every interval; a worker makes it."""

from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_process_init
from kombu import Queue

from opspanel import env
from opspanel.panel.in_region import other_regions
from opspanel.panel.load import configured_panel
from opspanel.telemetry import celery_tasks, setup_otel

# How much of the audit trail its owner could cut unseen is what this leaves unanchored.
AUDIT_SECONDS = 60.0
TELL_SECONDS = 5.0
FORGET_SECONDS = 3600.0
# How often its workers are asked; a slot of five minutes is judged once.
WATCH_SECONDS = 30.0

env.use_these_settings()
app = Celery(
    "opspanel",
    task_cls="opspanel.clean_task:CleanTask",
    amqp="opspanel.broker:Messages",
)
app.config_from_object("django.conf:settings", namespace="CELERY")
# Apart, so that a pass never waits for a long look at the audit trail. Not in the settings:
# a web server reads those and needs no Celery.
app.conf.task_queues = [Queue("collect"), Queue("upkeep")]
app.autodiscover_tasks(["opspanel"])
celery_tasks.connect()


@setup_logging.connect
def _keep_our_logging(**_: Any) -> None:
    """Celery would give its task loggers handlers, and formats, of their own."""


# In the process that works, behind the fork; a pool of one process sends it, too.
@worker_process_init.connect
def _trace_worker(**_: Any) -> None:
    setup_otel("opspanel-worker")


@beat_init.connect
def _trace_beat(**_: Any) -> None:
    setup_otel("opspanel-beat")


def _every(seconds: float, task: str, **more: Any) -> dict[str, Any]:
    # What nobody could do in time is worth nothing later: the next one does it.
    options = {"expires": seconds, **more.pop("options", {})}
    named = f"opspanel.tasks.{task}"
    return {"task": named, "schedule": seconds, "options": options, **more}


def _own_region() -> dict[str, Any]:
    """Half an interval behind the others, if there are any: what their workers saw is
    joined while it is fresh, and is fresh still when the next pass comes."""
    seconds = configured_panel().collection.interval_seconds
    behind = {"countdown": seconds / 2} if other_regions(configured_panel()) else {}
    return _every(seconds, "collect", options=behind)


def _each_region() -> dict[str, dict[str, Any]]:
    """A queue for each other region, so that one never waits for another."""
    seconds = configured_panel().collection.interval_seconds
    return {
        f"collect {region}": _every(
            seconds,
            "collect_region",
            args=(region,),
            options={"queue": f"region-{region}"},
        )
        for region in other_regions(configured_panel())
    }


app.conf.beat_schedule = {
    "collect": _own_region(),
    "verify_audit": _every(AUDIT_SECONDS, "verify_audit"),
    "tell_others": _every(TELL_SECONDS, "tell_others"),
    "watch": _every(WATCH_SECONDS, "watch"),
    "forget_sessions": _every(FORGET_SECONDS, "forget_sessions"),
    **_each_region(),
}
