"""Tell what the address of a host means, without asking a name server."""

from __future__ import annotations

import ipaddress


def is_loopback(host: str) -> bool:
    """Tell whether *host* is this machine: a loopback address or `localhost`; other names are not resolved."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
