"""The front door's name, and every address behind it."""

from __future__ import annotations

import errno
import ipaddress
import socket
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from drills.checks import CheckFailed, CheckSuite, Skipped, check, on_this_machine
from drills.common.proxy import proxy_of
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from drills.checks import CheckContext

PORTS: Final = {"http": 80, "https": 443}
NO_WAY: Final = (errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
"""Errors of a machine without IPv6; they say nothing about the system."""


@check(
    "name of the front door",
    suite=CheckSuite.SMOKE,
    needs="front_url",
    expected="a name whose every address accepts connections",
    next_step="compare the DNS records with the machines that serve",
    level=1,
    incident=Quantity.HEALTH,
)
def front_name(context: CheckContext) -> str:
    """Resolve the name and connect to every address, because browsers take any of them."""
    parts = urlsplit(context.target.front_url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    if _is_address(host):
        raise Skipped(f"{host} is an address, no name")
    if on_this_machine(context.target.front_url):
        raise Skipped(f"{host} is this machine, whatever DNS says")
    if proxy_of(context.target.front_url) is not None:
        raise Skipped(f"a proxy resolves {host}, no name server that is asked from here")
    addresses = _addresses(host, port)
    answers = {address: _unreachable(address, port, context.target.timeout_s) for address in addresses}
    dead = [f"{address} ({why})" for address, why in answers.items() if why]
    if dead:
        raise CheckFailed(f"{len(dead)} of {len(addresses)} addresses of {host} do not answer: {', '.join(dead)}")
    if all(why is None for why in answers.values()):
        raise CheckFailed(f"no way from here to any address of {host}: {', '.join(addresses)}")
    return f"{host}: {', '.join(addresses)}"


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise CheckFailed(f"{host} has no address: {error}") from None
    return sorted({str(entry[4][0]) for entry in found})


def _unreachable(address: str, port: int, timeout_s: float) -> str | None:
    """Return why the address does not answer: an empty text when it does, None when this machine has no route to it."""
    try:
        socket.create_connection((address, port), timeout=timeout_s).close()
    except OSError as error:
        return None if error.errno in NO_WAY else str(error)
    return ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
