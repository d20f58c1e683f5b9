"""The certificates that an answer over TLS is proved by: the server's own, and those that sign it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import Any, Final

DAY_S: Final = 86400


@dataclass(frozen=True)
class Certificate:
    """Whose it is, and from when to when it is valid, as written and in seconds since the epoch."""

    name: str
    first: str
    last: str

    def left_s(self, now_s: float) -> float:
        """Return the seconds until it has run out; below 0 when it has."""
        return ssl.cert_time_to_seconds(self.last) - now_s

    def odd(self, now_s: float, days: float) -> str:
        """Say what is wrong with its time, empty where it is valid for so many *days*."""
        left_s = self.left_s(now_s)
        if ssl.cert_time_to_seconds(self.first) > now_s:
            return f"{self.name} is not valid before {self.first}"
        if left_s <= 0:
            return f"{self.name} expired on {self.last}"
        if left_s < days * DAY_S:
            return f"{self.name} has {left_s / DAY_S:.1f} days left, less than {days:g}, until {self.last}"
        return ""


def chain(tls: ssl.SSLSocket) -> list[Certificate]:
    """Return the certificates by which a connection was proved, the server's own first, that of the trust store last.

    Python shows them in public from 3.13 only, and there without their dates; the object below has both.
    """
    found = tls._sslobj.get_verified_chain()  # type: ignore[attr-defined]  # noqa: SLF001
    return [_certificate(one.get_info()) for one in found]


def _certificate(facts: dict[str, Any]) -> Certificate:
    subject = {key: value for part in facts.get("subject", ()) for key, value in part}
    name = subject.get("commonName") or subject.get("organizationName") or "a certificate without a name"
    return Certificate(f"the certificate of {name}", facts["notBefore"], facts["notAfter"])
