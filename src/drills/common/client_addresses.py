"""Addresses of made-up students, for X-Forwarded-For: the system's limits count per address."""

from __future__ import annotations

import random
from ipaddress import ip_address, ip_network
from typing import Final

# Set aside for benchmarks, so nobody's; the private ranges would not do, because a gateway usually trusts its
# neighbours there as further proxies and does not take them for clients.
STUDENTS: Final = ip_network("198.18.0.0/15")
# One address for all students of a campus behind the same router; documentation's (RFC 5737), so nobody's either.
CAMPUS: Final = "203.0.113.7"


def random_address() -> str:
    """Return the address of one of 131072 students."""
    (address,) = random_addresses(1)
    return address


def random_addresses(number: int) -> list[str]:
    """Return the addresses of *number* students, none of them twice."""
    first = int(STUDENTS.network_address)
    return [str(ip_address(first + offset)) for offset in random.sample(range(STUDENTS.num_addresses), number)]
