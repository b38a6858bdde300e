"""The Celery app. Beat asks for a pass every interval; the worker makes it."""

from celery import Celery

from opspanel import env
from opspanel.panel.load import configured_panel

env.use_these_settings()
app = Celery("opspanel")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["opspanel"])


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
