"""The web entry: `python -m opspanel.serving granian --interface wsgi
opspanel.wsgi:application`."""

from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from opspanel import env

env.use_these_settings()
_django: Any = get_wsgi_application()

from opspanel.live.front import in_front_of  # noqa: E402 - needs the models
from opspanel.metrics.door import with_metrics  # noqa: E402
from opspanel.metrics.own import own_figures  # noqa: E402
from opspanel.serving import asks_to_leave  # noqa: E402
from opspanel.telemetry import setup_otel  # noqa: E402
from opspanel.telemetry.entry import traced  # noqa: E402

# Each worker process of the server loads this module for itself, so after a fork.
setup_otel("opspanel-web")
application = traced(
    with_metrics(
        asks_to_leave(in_front_of(_django)),
        own_figures,
        token=settings.OPSPANEL_METRICS_TOKEN,
        behind_proxy=bool(settings.SECURE_PROXY_SSL_HEADER),
    ),
    trusts_callers=settings.OPSPANEL_TRUST_TRACES,
)
