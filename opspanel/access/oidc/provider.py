"""The one provider of the settings, in django-allauth's terms.

An account is kept under the issuer itself, so that the accounts of a former provider
are never those of the present one.
"""

import base64
from typing import Any
from urllib.parse import quote_plus

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.openid_connect.provider import (
    OpenIDConnectProvider,
)
from django.conf import settings
from django.http import HttpRequest

from opspanel.access.oidc import id_token, metadata
from opspanel.access.oidc.backchannel import Answer, BackChannel
from opspanel.access.oidc.claims import Claims
from opspanel.access.oidc.claims import read as read_claims
from opspanel.access.oidc.id_token import Expected
from opspanel.access.oidc.metadata import Metadata
from opspanel.access.oidc.refusal import Reason, SignOnRefusedError


class IdentityProvider(OpenIDConnectProvider):  # type: ignore[misc]  # untyped
    pkce_enabled_default = True

    def extract_uid(self, data: Claims) -> str:
        return data.subject

    def extract_extra_data(self, data: Claims) -> dict[str, Any]:
        return {}  # nothing of the person is kept

    def extract_common_fields(self, data: Claims) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: Claims) -> list[Any]:
        return []

    def authorization_endpoint(self) -> str:
        return metadata.ask(self.app.provider_id, BackChannel()).authorization_endpoint

    def claims(
        self, code: str, *, verifier: str, nonce: str, redirect_uri: str
    ) -> Claims:
        """Exchange `code` for a proof and verify it. Raises SignOnRefusedError."""
        channel = BackChannel()
        found = metadata.ask(self.app.provider_id, channel)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        answer = self._tokens(found, form, channel)
        keys = channel.get(found.jwks_uri)
        expected = Expected(self.app.provider_id, self.app.client_id, nonce)
        return read_claims(
            id_token.verified(answer.document.get("id_token"), keys, expected)
        )

    def _tokens(
        self, found: Metadata, form: dict[str, str], channel: BackChannel
    ) -> Answer:
        headers = {}
        if found.takes_basic:
            headers["Authorization"] = _basic(self.app.client_id, self.app.secret)
        else:
            form["client_id"] = self.app.client_id
            form["client_secret"] = self.app.secret
        answer = channel.post(found.token_endpoint, form, headers)
        if answer.status != 200:  # noqa: PLR2004
            known = answer.document.get("error") != "invalid_client"
            raise SignOnRefusedError(Reason.REFUSED if known else Reason.CLIENT)
        return answer


def configured_provider(request: HttpRequest) -> IdentityProvider | None:
    if not settings.OPSPANEL_OIDC_ISSUER:
        return None
    app = SocialApp(
        provider=IdentityProvider.id,
        provider_id=settings.OPSPANEL_OIDC_ISSUER,
        name=settings.OPSPANEL_OIDC_NAME,
        client_id=settings.OPSPANEL_OIDC_CLIENT_ID,
        secret=settings.OPSPANEL_OIDC_CLIENT_SECRET,
    )
    return IdentityProvider(request, app=app)


def _basic(client_id: str, secret: str) -> str:
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"
