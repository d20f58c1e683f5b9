"""TLS at the front door: the certificate's names, authority and days, and the versions that are accepted."""

from __future__ import annotations

import socket
import ssl
import time
import warnings
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from drills.checks import CheckFailed, CheckSuite, Observation, Skipped, check
from drills.checks.health.certificates import DAY_S, chain
from drills.common.proxy import proxy_of, tunnel
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.checks import CheckContext, Target

NO_CHECK_TIME: Final = ssl.VerifyFlags(0x200000)  # X509_V_FLAG_NO_CHECK_TIME, for which the module has no name
FIGURE: Final = "certificate_seconds"


@check(
    "certificate",
    suite=CheckSuite.SMOKE,
    needs="front_url",
    expected="a certificate for this name, by an authority that is trusted",
    next_step="look at the certificate (openssl s_client -showcerts) and renew it",
    level=1,
    incident=Quantity.HEALTH,
)
def certificate(context: CheckContext) -> str:
    """Compare the certificate's names and its authority; another check looks at its days."""
    with _connected(context.target) as tls:
        issuer = dict(name for part in _facts(tls)["issuer"] for name in part)
    return f"by {issuer.get('organizationName') or issuer.get('commonName')}"


@check(
    "certificate expiry",
    suite=CheckSuite.SMOKE,
    needs="front_url",
    expected="a certificate that is valid now and for days to come",
    next_step="renew the certificate, and find out why no reminder came",
    level=1,
    incident=Quantity.HEALTH,
    after=(certificate,),
)
def certificate_life(context: CheckContext) -> Observation:
    """Read from when to when the certificate is valid, and those that sign it.

    The last of them is no part of the answer: each client has it from its own store, so it need only be valid now.
    """
    with _connected(context.target) as tls:
        leaf, *above = chain(tls)
    days, now_s = context.target.certificate_days, time.time()
    shown = [leaf, *above[:-1]]
    left_s = min(one.left_s(now_s) for one in shown)
    figures = {FIGURE: left_s}
    odd = [text for one in shown if (text := one.odd(now_s, days))]
    odd += [text for one in above[-1:] if (text := one.odd(now_s, 0.0))]
    if odd:
        raise CheckFailed("; ".join(odd), figures)
    remarks = [
        f"its authority is in the trust store here: {text}" for one in above[-1:] if (text := one.odd(now_s, days))
    ]
    return Observation(f"{left_s / DAY_S:.0f} days left", figures, tuple(remarks))


@check(
    "old TLS",
    suite=CheckSuite.SMOKE,
    needs="front_url",
    expected="TLS 1.1 to be refused",
    next_step="allow only TLS 1.2 and later at the gateway (nginx: ssl_protocols)",
    level=3,
    after=(certificate,),
)
def old_tls(context: CheckContext) -> str:
    """Offer TLS 1.1, which has been broken for years; the check of the certificate has shown that a newer one works."""
    _address(context.target)
    if not ssl.HAS_TLSv1_1:
        raise Skipped("this machine cannot speak TLS 1.1 itself")
    outdated = _outdated()
    host, port = _address(context.target)
    with _socket(context.target, host, port) as plain:
        try:
            with outdated.wrap_socket(plain, server_hostname=host) as tls:
                raise CheckFailed(f"{tls.version()} is spoken")
        except ssl.SSLError as error:
            if "NO_PROTOCOLS_AVAILABLE" in str(error):
                raise Skipped("this machine does not speak TLS 1.1 itself") from None
            return f"refused: {error}"
        except ConnectionError:
            return "refused: connection closed"


def tls_url(target: Target) -> str:
    """Return where the front door speaks TLS; raises Skipped where it does not."""
    if target.tls_url is not None:
        return target.tls_url
    if not target.front_url.startswith("https:"):
        raise Skipped("the front door is not behind TLS")
    return target.front_url


def _address(target: Target) -> tuple[str, int]:
    parts = urlsplit(tls_url(target))
    return parts.hostname or "", parts.port or 443


@cache
def _whatever_the_time(ca_file: str | None) -> ssl.SSLContext:
    """Return a context that trusts the usual authorities, and accepts an expired certificate."""
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    context.verify_flags |= NO_CHECK_TIME
    return context


def _outdated() -> ssl.SSLContext:
    """Return a context that offers nothing newer than TLS 1.1, and accepts any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")  # or this machine's own policy refuses, and not the server
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def _facts(tls: ssl.SSLSocket) -> dict[str, Any]:
    return dict(tls.getpeercert() or {})


@contextmanager
def _connected(target: Target) -> Iterator[ssl.SSLSocket]:
    """Yield a TLS connection to the front door; raises CheckFailed with the reason when there is none to be had."""
    host, port = _address(target)
    with _socket(target, host, port) as plain:
        try:
            tls = _whatever_the_time(target.ca_file).wrap_socket(plain, server_hostname=host)
        except ssl.SSLCertVerificationError as error:
            raise CheckFailed(f"a certificate that cannot be trusted: {error.verify_message}") from None
        except (ssl.SSLError, TimeoutError) as error:
            raise CheckFailed(f"no TLS at {host}:{port}: {getattr(error, 'reason', None) or error}") from None
        with tls:
            yield tls


def _socket(target: Target, host: str, port: int) -> socket.socket:
    proxy = proxy_of(tls_url(target))
    try:
        if proxy is not None:
            return tunnel(proxy, host, port, target.timeout_s)
        return socket.create_connection((host, port), timeout=target.timeout_s)
    except ConnectionError:
        raise
    except OSError as error:
        raise CheckFailed(f"no connection to {host}:{port}: {error}") from None
