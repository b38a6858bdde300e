"""Whose request this is, as far as the network tells."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_address(request: HttpRequest) -> Address | None:
    """The peer's, or what the one trusted proxy says of its peer; None if it is none.

    `X-Forwarded-For` counts only behind a proxy that writes it, and then only its last
    entry: the ones before are the client's own words.
    """
    found = request.META.get("REMOTE_ADDR", "")
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        forwarded = request.headers.get("X-Forwarded-For", "")
        found = forwarded.rpartition(",")[2].strip() or found
    try:
        return ipaddress.ip_address(found.partition("%")[0])
    except ValueError:
        return None
