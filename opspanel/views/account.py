"""Signing in and out, and a person's own account.

django-allauth does the work; here is which of its pages exist and who may see them.
"""

from typing import Any, cast

from allauth.account import views as account_views
from allauth.account.forms import LoginForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import views as mfa_views
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.totp.internal.auth import get_totp_secret
from allauth.mfa.webauthn import views as passkey_views
from allauth.mfa.webauthn.internal import auth as passkeys
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import LogoutView, PasswordChangeView
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from opspanel.access.guard import (
    fresh_sign_in_required,
    public,
    signed_in_required,
)
from opspanel.access.local import belongs_to_provider
from opspanel.access.sessions import sign_out_everywhere
from opspanel.audit import Target, audited, record
from opspanel.browser_policy import leaves_nothing_behind
from opspanel.models import User

form_page = require_http_methods(["GET", "HEAD", "POST"])


def ways_in() -> dict[str, Any]:
    """What the sign-in page offers. `sign_on`: the words on the provider's button."""
    there = settings.OPSPANEL_OIDC_ISSUER is not None
    return {
        "sign_on": f"Sign in with {settings.OPSPANEL_OIDC_NAME}" if there else "",
        "local_sign_in": settings.OPSPANEL_LOCAL_SIGN_IN,
    }


class SignIn(account_views.LoginView):  # type: ignore[misc]  # untyped
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, **ways_in()}

    def form_invalid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        if form.has_error("__all__", "too_many"):
            response.status_code = 429
        return response


class SignInByPasskey(passkey_views.LoginWebAuthnView):  # type: ignore[misc]  # untyped
    def form_invalid(self, form: Form) -> HttpResponse:
        context = {"form": LoginForm(), "passkey_refused": True, **ways_in()}
        return render(self.request, "account/login.html", context)


class Prove(account_views.ReauthenticateView):  # type: ignore[misc]  # untyped
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if belongs_to_provider(request.user):
            self.template_name = "account/prove_sign_on.html"
            return self.render_to_response(self.get_context_data(**ways_in()))
        return super().dispatch(request, *args, **kwargs)


class AddPasskey(passkey_views.AddWebAuthnView):  # type: ignore[misc]  # untyped
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        # A key that also asks for a PIN or a finger: it is two factors by itself.
        options = passkeys.begin_registration(self.request.user, passwordless=True)
        return {**context, "js_data": {"creation_options": options}}

    def form_valid(self, form: Form) -> HttpResponse:
        with audited():  # the key and its row in the trail
            response: HttpResponse = super().form_valid(form)
        return response


class SetPassword(PasswordChangeView):
    # Without the old one: the proof that the guard asks for stands in for it.
    form_class = SetPasswordForm  # type: ignore[assignment]
    template_name = "account/password.html"
    success_url = reverse_lazy("ops:account")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if belongs_to_provider(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        with audited():
            response = super().form_valid(form)  # type: ignore[arg-type]
            record("account.set_password", Target("account", str(self.request.user.pk)))
        return response


sign_in = form_page(public("the way in")(SignIn.as_view()))
sign_in_code = form_page(public("second step of the way in")(mfa_views.authenticate))
sign_in_passkey = form_page(public("the way in")(SignInByPasskey.as_view()))
sign_out = require_POST(
    public("ends the caller's own session")(leaves_nothing_behind(LogoutView.as_view()))
)

account = require_safe(signed_in_required(mfa_views.index))
prove = form_page(signed_in_required(Prove.as_view()))
prove_code = form_page(signed_in_required(mfa_views.reauthenticate))
prove_passkey = form_page(signed_in_required(passkey_views.reauthenticate_webauthn))


def _factor_page(view: Any) -> Any:
    return form_page(signed_in_required(fresh_sign_in_required(view)))


password = _factor_page(SetPassword.as_view())
totp = _factor_page(totp_views.activate_totp)
totp_remove = _factor_page(totp_views.deactivate_totp)
passkey_add = _factor_page(AddPasskey.as_view())
passkey_remove = _factor_page(passkey_views.remove_webauthn)
recovery_codes_new = _factor_page(recovery_views.generate_recovery_codes)
recovery_codes = require_safe(
    signed_in_required(fresh_sign_in_required(recovery_views.view_recovery_codes))
)
passkey_list = require_safe(signed_in_required(passkey_views.list_webauthn))


@require_safe
@signed_in_required
@fresh_sign_in_required
def totp_image(request: HttpRequest) -> HttpResponse:
    """The QR code of the secret that the page beside it shows."""
    adapter = get_adapter()
    url = adapter.build_totp_url(request.user, get_totp_secret())
    return HttpResponse(adapter.build_totp_svg(url), content_type="image/svg+xml")


@require_POST
@signed_in_required
@leaves_nothing_behind
def sign_out_all(request: HttpRequest) -> HttpResponseBase:
    sign_out_everywhere(cast("User", request.user))
    logout(request)
    return redirect("ops:sign-in")
