"""The web entry: `granian --interface wsgi opspanel.wsgi:application`."""

from typing import Any

from django.core.wsgi import get_wsgi_application

from opspanel import env

env.use_these_settings()
_django: Any = get_wsgi_application()

from opspanel.live.front import in_front_of  # noqa: E402 - needs the models

application = in_front_of(_django)
