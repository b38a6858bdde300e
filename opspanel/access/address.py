"""Whose request this is, as far as the network tells."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

_V6_PREFIX = 64


def client_network(request: HttpRequest) -> str:
    """One address of IPv4, the /64 of IPv6: a home has a whole one; or "unknown".

    `X-Forwarded-For` counts only behind a proxy that writes it, and then only its last
    entry: the ones before are the client's own words.
    """
    found = request.META.get("REMOTE_ADDR", "")
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        forwarded = request.headers.get("X-Forwarded-For", "")
        found = forwarded.rpartition(",")[2].strip() or found
    try:
        address = ipaddress.ip_address(found.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _V6_PREFIX), strict=False))
