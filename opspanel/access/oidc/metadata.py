"""What the provider says of itself, and which of it is believed.

It must call itself by the very name that the settings give it, and send nobody to an
address that is not its own: people go to its own origin, the panel over https only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from opspanel.access.oidc.backchannel import BackChannel
from opspanel.access.oidc.refusal import Reason, SignOnRefusedError
from opspanel.env import is_loopback, origin

_WELL_KNOWN = "/.well-known/openid-configuration"
_BASIC = "client_secret_basic"


@dataclass(frozen=True, slots=True)
class Metadata:
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    takes_basic: bool


def ask(issuer: str, channel: BackChannel) -> Metadata:
    return read(issuer, channel.get(issuer.rstrip("/") + _WELL_KNOWN))


def read(issuer: str, document: Mapping[str, Any]) -> Metadata:
    """Raise SignOnRefusedError for a document that is not this issuer's, or unfit."""
    if document.get("issuer") != issuer:
        raise SignOnRefusedError(Reason.ISSUER)
    methods = document.get("token_endpoint_auth_methods_supported")
    found = Metadata(
        authorization_endpoint=_endpoint(document, "authorization_endpoint", issuer),
        token_endpoint=_endpoint(document, "token_endpoint", issuer),
        jwks_uri=_endpoint(document, "jwks_uri", issuer),
        # What a provider takes that does not say.
        takes_basic=not isinstance(methods, list) or _BASIC in methods,
    )
    # The browser's policy lets the form lead there and nowhere else.
    if origin(found.authorization_endpoint) != origin(issuer):
        raise SignOnRefusedError(Reason.ANSWER)
    return found


def _endpoint(document: Mapping[str, Any], name: str, issuer: str) -> str:
    url = document.get(name)
    if not isinstance(url, str) or not _is_fit(url, issuer):
        raise SignOnRefusedError(Reason.ANSWER)
    return url


def _is_fit(url: str, issuer: str) -> bool:
    try:
        parts = urlsplit(url)
        plain = parts.scheme == "http" and _both_here(parts.hostname, issuer)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return (
        named
        and (parts.scheme == "https" or plain)
        and url.isascii()
        and url.isprintable()
        and "@" not in parts.netloc
        and not parts.fragment
    )


def _both_here(host: str | None, issuer: str) -> bool:
    """A provider elsewhere must not lead the panel to servers of its own machine."""
    return is_loopback(host) and is_loopback(urlsplit(issuer).hostname)
