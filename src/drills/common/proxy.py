"""Tell by which proxy an address is reached, and connect by way of it; its imports bring a TLS library along."""

from __future__ import annotations

import base64
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from drills.common.network import is_loopback

if TYPE_CHECKING:
    import socket

HTTP_PORT = 80


def proxy_of(url: str) -> str | None:
    """Return the address of the proxy that the environment names for *url*, None where it is reached directly.

    The variables are HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, as other programs read them; no proxy is asked
    for this machine.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(host) or proxy_bypass(host if parts.port is None else f"{host}:{parts.port}"):
        return None
    known = getproxies()
    found = known.get(parts.scheme) or known.get("all")
    return found if not found or "://" in found else f"http://{found}"


def tunnel(proxy: str, host: str, port: int, timeout_s: float) -> socket.socket:
    """Return a connection to *host* by way of an HTTP proxy, on which nothing was sent yet; raises OSError."""
    parts = urlsplit(proxy)
    user = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None
    allowed = {} if user is None else {"Proxy-Authorization": f"Basic {base64.b64encode(user.encode()).decode()}"}
    by_way = HTTPConnection(parts.hostname or "", parts.port or HTTP_PORT, timeout=timeout_s)
    by_way.set_tunnel(host, port, allowed)
    by_way.connect()
    return by_way.sock
