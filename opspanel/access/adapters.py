"""What this panel does differently from django-allauth."""

import base64
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.encoding import force_bytes

from opspanel.access.local import belongs_to_provider
from opspanel.access.strength import is_fresh
from opspanel.panel.load import configured_panel

_ALLAUTHS = "allauth.mfa.stages.AuthenticateStage"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # untyped
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # The same for a wrong name and a wrong password.
        "username_password_mismatch": "This name and password do not open an account.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        return not is_fresh(context.request)

    def get_login_stages(self) -> list[str]:
        ours = "opspanel.access.second_step.SecondStep"
        return [
            ours if each == _ALLAUTHS else each for each in super().get_login_stages()
        ]

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if not belongs_to_provider(user):
            return methods
        there = {
            "id": "sign_on",
            "description": f"Sign in again with {settings.OPSPANEL_OIDC_NAME}",
            "url": reverse("account_reauthenticate"),
        }
        return [there, *methods]

    def respond_user_inactive(
        self, request: HttpRequest, user: AbstractBaseUser
    ) -> HttpResponse:
        return redirect(settings.LOGIN_URL)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Pages here say what is, and need no messages about what was."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The panel sends no mail; the audit trail holds the event."""


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # untyped
    def list_apps(self, *args: Any, **kwargs: Any) -> list[Any]:
        return []  # a row of the database must not name a provider

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> Any:
        # django-allauth's models are there only now.
        from opspanel.access.oidc.provider import configured_provider  # noqa: PLC0415

        found = configured_provider(request)
        if found is None:
            message = "single sign-on is off"
            raise ValueError(message)
        return found

    def generate_state_param(self, state: dict[str, Any]) -> str:
        return secrets.token_urlsafe(32)


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # untyped
    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return f"{configured_panel().panel.environment} operations"


def _cipher() -> MultiFernet:
    """Of SECRET_KEY, so that a copy of the database alone makes no valid codes."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(force_bytes(key))) for key in keys])


def _derived(key: bytes) -> bytes:
    info = b"opspanel second factors"
    derived = HKDF(SHA256(), length=32, salt=None, info=info).derive(key)
    return base64.urlsafe_b64encode(derived)
