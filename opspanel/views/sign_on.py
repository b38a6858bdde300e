"""To the identity provider and back: see opspanel.access.oidc.

What talks with a provider weighs 8 MiB in a process, so it is imported only when somebody
signs on by one.
"""

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from opspanel.access.guard import public, signed_in_required
from opspanel.access.oidc.refusal import SignOnRefusedError, record_refusal

if TYPE_CHECKING:
    from opspanel.access.oidc.provider import IdentityProvider


@require_POST
@public("the way in")
def sign_on(request: HttpRequest) -> HttpResponse:
    provider = _provider(request)
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return _lead_there(request, provider, anew=False)


@require_POST
@signed_in_required
def prove_sign_on(request: HttpRequest) -> HttpResponse:
    return _lead_there(request, _provider(request), anew=True)


@require_http_methods(["GET"])
@public("the way in: what the browser brings is worth nothing without its state")
def sign_on_callback(request: HttpRequest) -> HttpResponse:
    from opspanel.access.oidc import flow  # noqa: PLC0415

    provider = _provider(request)
    try:
        return flow.finish(request, provider)
    except SignOnRefusedError as refused:
        return _refuse(request, refused)


def _provider(request: HttpRequest) -> "IdentityProvider":
    from opspanel.access.oidc.provider import configured_provider  # noqa: PLC0415

    provider = configured_provider(request)
    if provider is None:
        message = "single sign-on is off"
        raise Http404(message)
    return provider


def _lead_there(
    request: HttpRequest, provider: "IdentityProvider", *, anew: bool
) -> HttpResponse:
    from opspanel.access.oidc import flow  # noqa: PLC0415

    try:
        return flow.begin(request, provider, anew=anew)
    except SignOnRefusedError as refused:
        return _refuse(request, refused)


def _refuse(request: HttpRequest, refused: SignOnRefusedError) -> HttpResponse:
    record_refusal(refused)
    context = {"refused": refused}
    return render(
        request, "account/sign_on_refused.html", context, status=refused.status
    )
