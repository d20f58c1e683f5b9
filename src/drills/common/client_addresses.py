"""Addresses of made-up clients, for X-Forwarded-For: a system's limits count per address."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Final

from drills.common.draws import DRAWS

# Set aside for benchmarks, so no real client has one; the private ranges would not do, because a gateway usually trusts
# its neighbours there as further proxies and does not take them for clients.
CLIENTS: Final = ip_network("198.18.0.0/15")


def random_address() -> str:
    """Return the address of one of 131072 clients."""
    (address,) = random_addresses(1)
    return address


def random_addresses(number: int) -> list[str]:
    """Return the addresses of *number* clients, none of them twice."""
    first = int(CLIENTS.network_address)
    return [str(ip_address(first + offset)) for offset in DRAWS.sample(range(CLIENTS.num_addresses), number)]
