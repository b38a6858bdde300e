"""Forms for passkeys, which take nonsense for what it is."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)

from opspanel.access.local import may_sign_in_here

# What reading an answer that no browser wrote may end in.
_NONSENSE = (AttributeError, KeyError, TypeError, ValueError)
_WRONG = "incorrect_code"


class _Calm:
    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except _NONSENSE:
            raise get_adapter().validation_error(_WRONG) from None


class PasskeyForm(_Calm, AuthenticateWebAuthnForm):  # type: ignore[misc]  # untyped
    pass


class PasskeyAloneForm(_Calm, LoginWebAuthnForm):  # type: ignore[misc]  # untyped
    def clean_credential(self) -> Any:
        authenticator = super().clean_credential()
        if not may_sign_in_here(authenticator.user):
            raise get_adapter().validation_error(_WRONG)
        return authenticator


class PasskeyAgainForm(_Calm, ReauthenticateWebAuthnForm):  # type: ignore[misc]  # untyped
    pass


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # untyped
    def clean(self) -> Any:
        try:
            return super().clean()
        except _NONSENSE:
            raise get_adapter().validation_error(_WRONG) from None
