"""Whether a request is htmx's: it wants a fragment, and refusals that it can act on."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


def is_htmx(request: HttpRequest) -> bool:
    """Also for refusals by middleware that stands before django-htmx's own."""
    return bool(getattr(request, "htmx", None) or HtmxDetails(request))
