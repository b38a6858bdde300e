"""Django's own WSGI entry, without the panel's door and middleware in front."""

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

django.setup(set_prefix=False)
settings.MIDDLEWARE = settings.STOCK_MIDDLEWARE
application = WSGIHandler()
