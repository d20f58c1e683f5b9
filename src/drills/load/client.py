"""Send one request over one connection without a retry, so that the ledger says what the network did."""

from __future__ import annotations

import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

MS_PER_S: Final = 1000.0


@dataclass(frozen=True)
class Answer:
    """What came back; `status` is None and `error` says why when nothing did. `ms` is milliseconds.

    `headers` has a pair for each header, in their order; one that came twice is there twice.
    """

    status: int | None
    body: bytes
    ms: float
    error: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


# Neither a kept-alive connection nor geventhttpclient: its pool repeats a reset GET on its own, and a connection
# that went stale while the system restarted would be counted as a failure of the system.
def exchange(  # noqa: PLR0913, PLR0917  (a request is these six things)
    base_url: str, method: str, path: str, headers: Mapping[str, str], body: bytes, timeout_s: float
) -> Answer:
    """Send one request and return its answer; `timeout_s` (seconds) bounds each wait for the network."""
    parts = urlsplit(base_url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=timeout_s)
    began = time.monotonic()
    try:
        connection.request(method, path, body or None, {"Connection": "close", **headers})
        response = connection.getresponse()
        return Answer(response.status, response.read(), _ms_since(began), headers=tuple(response.getheaders()))
    except (OSError, HTTPException) as error:
        return Answer(None, b"", _ms_since(began), describe(error, timeout_s))
    finally:
        connection.close()


def describe(error: BaseException, timeout_s: float) -> str:
    """Return in words why a request has no answer."""
    if isinstance(error, TimeoutError):
        return f"no answer within {timeout_s:g} s"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, ConnectionError):
        return "connection closed without an answer"
    return f"{type(error).__name__}: {error}"


def text(value: Any, limit: int = 120) -> str:
    """Return a short one-line form of a body for an error text."""
    shown = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return " ".join(shown.split())[:limit]


def _ms_since(began_s: float) -> float:
    return (time.monotonic() - began_s) * MS_PER_S
