"""Load goes to this machine only, unless a person names the other one."""

from __future__ import annotations

import os
from typing import Final
from urllib.parse import urlsplit

from drills.common.network import is_loopback

VARIABLE: Final = "LOAD_ALLOW_REMOTE"


class RemoteRefusedError(ValueError):
    """Load was about to leave this machine; the text is one sentence that says how to allow it."""


def require_allowed(url: str | None, allowed: str | None = None) -> None:
    """Raise RemoteRefusedError unless `url` is on a loopback address or on the host that `allowed` names.

    Names are compared, not resolved: what a name points at can change between this check and the first request.
    """
    host = _host(url)
    if host is None:
        raise RemoteRefusedError(
            f"load needs a front door like http://127.0.0.1:3000, not {url!r}; give it with --host."
        )
    named = allowed or os.environ.get(VARIABLE)
    if is_loopback(host) or (named is not None and host == named.lower()):
        return
    raise RemoteRefusedError(
        f"load is only sent to this machine and {host} is another one; if its owner agreed, name it with "
        f"--allow-remote {host} or {VARIABLE}={host}."
    )


def _host(url: str | None) -> str | None:
    try:
        parts = urlsplit(url or "")
        fine = parts.scheme in {"http", "https"} and parts.port != 0
    except ValueError:
        return None
    return parts.hostname if fine else None
