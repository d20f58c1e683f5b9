"""Whether there is a machine at all where a target is said to be, before anything is asked of it."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from drills.checks.target import TargetError

if TYPE_CHECKING:
    from drills.checks.target import Target

PORTS = {"http": 80, "https": 443}


def require_host(target: Target) -> None:
    """Return when the host of the front door resolves and answers; a refused connection is an answer.

    Raises TargetError, one sentence: nothing can be said of a system whose machine cannot be found from here.
    """
    parts = urlsplit(target.front_url)
    host, port = str(parts.hostname), parts.port or PORTS[parts.scheme]
    try:
        socket.create_connection((host, port), timeout=target.timeout_s).close()
    except ConnectionRefusedError:
        return
    except socket.gaierror:
        raise TargetError(f"{target.name}: the name {host!r} does not resolve from here; correct front_url.") from None
    except OSError as error:
        why = f"no answer within {target.timeout_s:g} s" if isinstance(error, TimeoutError) else str(error)
        raise TargetError(f"{target.name}: {host}:{port} cannot be reached from here ({why}).") from None
