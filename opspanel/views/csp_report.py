"""Where browsers say what the content policy stopped."""

import logging
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from opspanel.access.address import client_network
from opspanel.access.guard import public
from opspanel.csp_reports import MOST_BYTES, Ration, violations
from opspanel.envelope import problem

log = logging.getLogger(__name__)
ration = Ration(each=20, total=120, seconds=60)


@require_POST
@public("browsers report without an account; it answers with nothing")
@csrf_exempt  # a browser reports by itself, with no token; nothing but the log changes
def csp_report(request: HttpRequest) -> HttpResponse:
    """A line each, `malicious_csp_violation`; over the ration none, and still 204."""
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return problem(413, "too_large", f"A report has at most {MOST_BYTES} bytes.")
    network = client_network(request)
    for found in violations(body):
        if ration.take(network):
            more = {"network": network, "unlogged_before": ration.refused()}
            log.warning("malicious_csp_violation", extra={**asdict(found), **more})
    return HttpResponse(status=204)
