"""Whose request is it? The client's address behind proxies."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

Address = IPv4Address | IPv6Address


def client_address(peer: str, forwarded_for: str, trusts: Callable[[Address], bool]) -> str:
    """Return the nearest address that is not a trusted proxy, reading X-Forwarded-For from its end.

    The header counts only when the *peer* itself is a trusted proxy; an unreadable entry ends the walk.
    """
    address = peer
    for hop in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()]):
        try:
            if not trusts(ip_address(address)):
                return address
            address = str(ip_address(hop))
        except ValueError:
            return address
    return address
