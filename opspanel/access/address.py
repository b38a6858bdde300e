"""The network that a limit counts for."""

import ipaddress

from django.http import HttpRequest

from opspanel.client_address import client_address

_V6_PREFIX = 64


def client_network(request: HttpRequest) -> str:
    """One address of IPv4, the /64 of IPv6: a home has a whole one; or "unknown"."""
    address = client_address(request)
    if address is None:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _V6_PREFIX), strict=False))
