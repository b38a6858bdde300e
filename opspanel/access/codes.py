"""Forms for codes: few guesses, and each code once, also over many web processes."""

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.core.exceptions import ValidationError

from opspanel.access.attempts import (
    OF_CODES,
    OF_ONE_CODE,
    TooManyAttemptsError,
    claim,
    give_back,
)
from opspanel.audit import Result, Target, record_apart

USED = ValidationError("This code was used already. Wait for the next one.")


class _Limited:
    """`act`: what a wrong code fails to do, as the audit trail calls it."""

    act = ""

    def clean_code(self) -> str:
        person = str(self.user.pk)  # type: ignore[attr-defined]
        if not claim(OF_CODES, person):
            raise TooManyAttemptsError
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError:
            self._tell("wrong_code")
            raise
        # With dashes in it, it is the same code: as django-allauth compares them.
        if not claim(OF_ONE_CODE, f"{person} {normalize_user_code(code)}"):
            self._tell("used_code")
            raise USED
        give_back(OF_CODES, person)
        return code

    def _tell(self, why: str) -> None:
        if self.act:
            whom = Target("account", str(self.user.pk))  # type: ignore[attr-defined]
            why_not = {"error_code": why}
            record_apart(self.act, whom, result=Result.FAILURE, metadata=why_not)


class CodeForm(_Limited, AuthenticateForm):  # type: ignore[misc]  # untyped
    act = "auth.sign_in"


class CodeAgainForm(_Limited, ReauthenticateForm):  # type: ignore[misc]  # untyped
    act = "auth.prove"


class FirstCodeForm(_Limited, ActivateTOTPForm):  # type: ignore[misc]  # untyped
    """The code that sets an app up is used by that, too."""
