"""The second factor at sign-in, unless the identity provider vouches for one."""

from typing import Any

from allauth.mfa.stages import AuthenticateStage


class SecondStep(AuthenticateStage):  # type: ignore[misc]  # untyped
    def handle(self) -> Any:
        sociallogin = (self.login.signal_kwargs or {}).get("sociallogin")
        if sociallogin and sociallogin.state["proof"]["second_factor"]:
            return None, True
        return super().handle()
