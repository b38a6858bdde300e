"""The panel's routes, and one whose view fails."""

from django.urls import path

from opspanel import urls
from opspanel.access.guard import public
from opspanel.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500"]


@public("a test")
def fails(request):
    raise RuntimeError


urlpatterns = [*urls.urlpatterns, path("fails", fails, name="fails")]
