"""What a wall's browser shows while no server answers, and what brings it out.

A service worker answers for the wall's own address, and for nothing else; the reasons and
the limits are in docs/decisions/0185-a-wall-that-starts-alone.md.
"""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.csp import CSP
from django.views.decorators.http import require_safe

from opspanel.access.guard import public
from opspanel.build import build_id
from opspanel.live import answers

# The wall alone may have a worker, by one policy that lets in one address.
POLICY: dict[str, Any] = {
    **settings.SECURE_CSP,
    "worker-src": [CSP.SELF],
    "trusted-types": ["wall"],
}
# All that the page needs, each with its hash in its name.
PARTS = (
    "css/base.css",
    "css/wall.css",
    "js/ages.js",
    "js/wall/motion.js",
    "js/wall/start.js",
)
# The page knows no time of day: it counts from when it was opened.
BEGAN = datetime.fromtimestamp(0, UTC)


@require_safe
@public("a screen whose approval has ended must get it too; it tells nothing")
def wall_worker(request: HttpRequest) -> HttpResponse:
    context = {"build": build_id(), "parts": [static(part) for part in PARTS]}
    response = render(
        request, "wall/worker.js", context, content_type="text/javascript"
    )
    response["Service-Worker-Allowed"] = reverse("ops:wall")
    return response


@require_safe
@public("kept by the browser of whatever screen; the same for all, it tells nothing")
def wall_start(request: HttpRequest) -> HttpResponse:
    context = {"build": build_id(), "now": BEGAN, "began": BEGAN}
    response = render(request, "wall/start.html", context)
    # By it the worker knows whether the page is of its own build.
    response[answers.BUILD] = build_id()
    return response
