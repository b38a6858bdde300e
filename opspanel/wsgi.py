"""The web entry: `granian --interface wsgi opspanel.wsgi:application`."""

from django.core.wsgi import get_wsgi_application

from opspanel import env

env.use_these_settings()
application = get_wsgi_application()
