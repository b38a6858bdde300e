"""What every answer tells the browser to refuse, and what we refuse by its word.

The content policy itself is Django's, in the settings.
"""

import logging
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from opspanel.envelope import problem
from opspanel.htmx import is_htmx
from opspanel.panel.load import configured_panel

log = logging.getLogger(__name__)

type GetResponse = Callable[[HttpRequest], HttpResponse]

SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}
OURS = {"same-origin", "none"}
# For passkeys, and for a screen on a wall.
GRANTED = (
    "fullscreen",
    "publickey-credentials-create",
    "publickey-credentials-get",
    "screen-wake-lock",
)
DENIED = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "serial",
    "storage-access",
    "usb",
    "xr-spatial-tracking",
)
HEADERS = {
    "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        [f"{name}=(self)" for name in GRANTED] + [f"{name}=()" for name in DENIED]
    ),
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    "Reporting-Endpoints": f'csp="{settings.CSP_REPORT_PATH}"',
    "X-Content-Type-Options": "nosniff",
}


def on_every_answer(get_response: GetResponse) -> GetResponse:
    """Whoever gave it: Django's own middleware leaves out the refusals that it causes."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        return response

    return middleware


def from_our_pages(get_response: GetResponse) -> GetResponse:
    """What another site made a browser ask for changes nothing here; and a fragment goes
    to a script, never into a tab, a frame or an image.

    A page cannot make its browser lie about it. Scripts and old browsers say nothing:
    against those stands the CSRF token.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        site = request.headers.get("Sec-Fetch-Site", "none")
        wanted_as = request.headers.get("Sec-Fetch-Dest", "empty")
        foreign = request.method not in SAFE_METHODS and site not in OURS
        misplaced = is_htmx(request) and wanted_as != "empty"
        if foreign or misplaced:
            more = {"path": request.path, "site": site, "wanted_as": wanted_as}
            log.warning("malicious_cors", extra=more)
            return _refused(request)
        return get_response(request)

    return middleware


def leaves_nothing_behind(
    view: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """For the end of a session: what the browser keeps of this site goes with it."""

    @wraps(view)
    def clearing(request: HttpRequest) -> HttpResponseBase:
        response = view(request)
        # Not "cookies": that takes those of every host under the same domain. Ours is
        # taken away by its name.
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return clearing


def _refused(request: HttpRequest) -> HttpResponse:
    message = "This request came from another site. Nothing was changed."
    if is_htmx(request) or not request.accepts("text/html"):
        return problem(403, "foreign_origin", message)
    context = {"panel": configured_panel(), "message": message}
    return render(request, "errors/403.html", context, status=403)
