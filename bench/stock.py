"""Two views to compare polls with. Both only ever say 204."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.urls import path


@permission_required("ops.view_overview", raise_exception=True)
def stock(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)


urlpatterns = [path("stock", stock), path("empty", empty)]
