"""The Celery app. Beat asks for a pass every interval; the worker makes it."""

from typing import Any

from celery import Celery
from celery.signals import setup_logging

from opspanel import env
from opspanel.panel.load import configured_panel

env.use_these_settings()
app = Celery("opspanel", task_cls="opspanel.clean_task:CleanTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["opspanel"])


@setup_logging.connect
def _keep_our_logging(**_: Any) -> None:
    """Celery would give its task loggers handlers, and formats, of their own."""


def _schedule() -> None:
    interval = configured_panel().collection.interval_seconds
    app.conf.beat_schedule = {
        "collect": {
            "task": "opspanel.tasks.collect",
            "schedule": interval,
            # A pass that nobody could make in time is worth nothing later.
            "options": {"expires": interval},
        }
    }


_schedule()
