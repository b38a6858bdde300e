"""Forms for codes: few guesses, and each code once, also over many web processes."""

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.core.exceptions import ValidationError

from opspanel.access.attempts import (
    OF_CODES,
    OF_ONE_CODE,
    TooManyAttemptsError,
    claim,
    give_back,
)

USED = ValidationError("This code was used already. Wait for the next one.")


class _Limited:
    def clean_code(self) -> str:
        person = str(self.user.pk)  # type: ignore[attr-defined]
        if not claim(OF_CODES, person):
            raise TooManyAttemptsError
        code: str = super().clean_code()  # type: ignore[misc]
        if not claim(OF_ONE_CODE, f"{person} {''.join(code.split())}"):
            raise USED
        give_back(OF_CODES, person)
        return code


class CodeForm(_Limited, AuthenticateForm):  # type: ignore[misc]  # untyped
    pass


class CodeAgainForm(_Limited, ReauthenticateForm):  # type: ignore[misc]  # untyped
    pass
