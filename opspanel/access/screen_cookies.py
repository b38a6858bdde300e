"""What a wall's browser keeps: its token, and before that the secret of its code.

Never part of an address, never sent by another site's page, out of reach of scripts.
"""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from opspanel.access import pairing
from opspanel.access.address import client_network
from opspanel.access.screens import Admission, admit

# A code lives for five minutes; the cookie outlives it for its token to be fetched.
_PAIRING_SECONDS = 3 * pairing.LIFETIME.total_seconds()


def admission_of(request: HttpRequest) -> Admission:
    """By its token; else by a code that an admin has approved."""
    now = timezone.now()
    refused = Admission()
    if token := request.COOKIES.get(settings.WALL_COOKIE_NAME):
        admission = admit(token, now)
        if admission.screen:
            return admission
        refused = admission
    secret = request.COOKIES.get(settings.PAIRING_COOKIE_NAME)
    if secret and (approved := pairing.redeem(secret, now)):
        screen, token = approved
        return Admission(screen, token=token)
    return refused


def keep_token(response: HttpResponseBase, admission: Admission) -> None:
    if admission.screen and admission.token:
        left = admission.screen.expires_at - timezone.now()
        _set(response, settings.WALL_COOKIE_NAME, admission.token, left)


def shown_code(request: HttpRequest) -> pairing.Shown | None:
    secret = request.COOKIES.get(settings.PAIRING_COOKIE_NAME, "")
    return pairing.ask(secret, client_network(request), timezone.now())


def keep_secret(response: HttpResponseBase, shown: pairing.Shown | None) -> None:
    if shown and shown.secret:
        lifetime = timedelta(seconds=_PAIRING_SECONDS)
        _set(response, settings.PAIRING_COOKIE_NAME, shown.secret, lifetime)


def _set(
    response: HttpResponseBase, name: str, value: str, lifetime: timedelta
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=lifetime,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Strict",
    )
