"""A sign-in by the provider, and the proof anew of somebody who is signed in.

What a browser brings back counts only with the state that this very browser was given:
it holds the nonce and the code verifier, is good for ten minutes and is used up at once.
"""

import secrets
import time
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from opspanel.access.address import client_network
from opspanel.access.attempts import OF_SIGN_ON, claim, give_back
from opspanel.access.oidc import accounts
from opspanel.access.oidc.claims import Claims
from opspanel.access.oidc.id_token import LEEWAY_SECONDS
from opspanel.access.oidc.provider import IdentityProvider
from opspanel.access.oidc.redirect import RedirectToProvider
from opspanel.access.oidc.refusal import Reason, SignOnRefusedError
from opspanel.access.strength import vouch
from opspanel.audit.actor import Actor, acting
from opspanel.models import User

CALLBACK = "ops:sign-on-callback"

type State = Mapping[str, Any]


def begin(
    request: HttpRequest, provider: IdentityProvider, *, anew: bool
) -> HttpResponse:
    """Lead the browser to the provider. Raises SignOnRefusedError."""
    _claim(request)
    nonce = secrets.token_urlsafe(32)
    pkce = provider.get_pkce_params()
    endpoint = provider.authorization_endpoint()
    asked = {
        "response_type": "code",
        "client_id": provider.app.client_id,
        "redirect_uri": _redirect_uri(request),
        "scope": " ".join(["openid", *settings.OPSPANEL_OIDC_SCOPES]),
        "nonce": nonce,
        "state": provider.stash_redirect_state(
            request,
            AuthProcess.LOGIN,
            get_next_redirect_url(request),
            nonce=nonce,
            code_verifier=pkce.pop("code_verifier"),
            anew=anew,
            began_at=time.time(),
        ),
        **pkce,
    }
    if settings.OPSPANEL_OIDC_MFA_ACR:
        asked["acr_values"] = " ".join(settings.OPSPANEL_OIDC_MFA_ACR)
    if anew:
        asked |= {"prompt": "login", "max_age": "0"}
    mark = "&" if "?" in endpoint else "?"
    return RedirectToProvider(f"{endpoint}{mark}{urlencode(asked)}")


def finish(request: HttpRequest, provider: IdentityProvider) -> HttpResponse:
    """Lead on whom the provider has proved. Raises SignOnRefusedError."""
    _claim(request)
    state = _state(request, provider)
    claims = provider.claims(
        _code(request, provider),
        verifier=state["code_verifier"],
        nonce=state["nonce"],
        redirect_uri=_redirect_uri(request),
    )
    with acting(Actor.of_the_provider(request)):
        if state["anew"]:
            response = _proved_anew(request, claims, state)
        else:
            response = _signed_in(request, provider, claims, state)
    for _ in ("the way there", "the way back"):
        give_back(OF_SIGN_ON, client_network(request))
    return response


def _claim(request: HttpRequest) -> None:
    """Each way there and back may make the panel ask the provider: few are free."""
    if not claim(OF_SIGN_ON, client_network(request)):
        raise SignOnRefusedError(Reason.TOO_MANY)


def _redirect_uri(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse(CALLBACK))


def _state(request: HttpRequest, provider: IdentityProvider) -> State:
    try:
        state: State = provider.unstash_redirect_state(
            request, request.GET.get("state", "")
        )
    except PermissionDenied:
        raise SignOnRefusedError(Reason.STATE) from None
    return state


def _code(request: HttpRequest, provider: IdentityProvider) -> str:
    issuer = provider.app.provider_id
    if request.GET.get("iss", issuer) != issuer:
        raise SignOnRefusedError(Reason.ISSUER)
    code = request.GET.get("code")
    if "error" in request.GET or not code:
        raise SignOnRefusedError(Reason.REFUSED)
    return code


def _signed_in(
    request: HttpRequest, provider: IdentityProvider, claims: Claims, state: State
) -> HttpResponse:
    accounts.account(claims)
    login = provider.sociallogin_from_response(request, claims)
    login.state = {
        "process": state["process"],
        "next": state.get("next"),
        "proof": _proof(claims),
    }
    response: HttpResponse = complete_social_login(request, login)
    return response


def _proved_anew(request: HttpRequest, claims: Claims, state: State) -> HttpResponse:
    user = cast("User", request.user)
    if accounts.find(claims) != user:
        raise SignOnRefusedError(Reason.OTHER_PERSON, user)
    if claims.proved_at < state["began_at"] - LEEWAY_SECONDS:
        raise SignOnRefusedError(Reason.NOT_ANEW, user)
    try:
        accounts.account(claims)
    except SignOnRefusedError:
        logout(request)
        raise
    request.session.cycle_key()
    vouch(request, **_proof(claims))
    return redirect(state.get("next") or settings.LOGIN_REDIRECT_URL)


def _proof(claims: Claims) -> dict[str, Any]:
    return {"at": claims.proved_at, "second_factor": claims.second_factor}
