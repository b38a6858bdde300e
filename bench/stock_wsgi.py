"""Django's own WSGI entry, without the panel's door in front."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
