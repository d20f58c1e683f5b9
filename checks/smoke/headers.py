"""The headers by which an answer protects its reader, and those that it must not have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from drills.checks import CheckFailed, CheckSuite, brief, check, client, expect
from drills.checks.health.tls import certificate_life, tls_url

if TYPE_CHECKING:
    import httpx

    from drills.checks import CheckContext

OK: Final = 200
SERVER_ERROR: Final = 500
PAGE: Final = "/"
API: Final = "/api/auth/status"
FOREIGN: Final = "https://synthetic.example"
"""An origin that never belongs to this system (RFC 2606)."""
BOASTS: Final = ("server", "x-powered-by", "x-aspnet-version", "via")
LOOSE_POLICIES: Final = ("unsafe-url", "no-referrer-when-downgrade")


@check(
    "no guessing of types",
    suite=CheckSuite.SMOKE,
    clauses=("FD-03",),
    needs="front_url",
    expected="X-Content-Type-Options: nosniff on the page and on the API",
    next_step="add the header at the gateway",
    level=4,
)
def sniffing(context: CheckContext) -> str:
    """Look whether browsers may guess another type than the answer declares."""
    for path, answer in _both(context).items():
        found = answer.headers.get("x-content-type-options")
        if (found or "").lower() != "nosniff":
            raise CheckFailed(f"{path} with X-Content-Type-Options {found!r}")
    return "nosniff"


@check(
    "no framing",
    suite=CheckSuite.SMOKE,
    clauses=("FD-04",),
    needs="front_url",
    expected="X-Frame-Options DENY or SAMEORIGIN, or a policy with frame-ancestors",
    next_step="add the header at the gateway",
    level=4,
)
def framing(context: CheckContext) -> str:
    """Ask whether a foreign page may show ours under a page of its own."""
    answer = _both(context)[PAGE]
    options = answer.headers.get("x-frame-options", "").upper()
    ancestors = re.search(r"frame-ancestors\s+([^;]*)", answer.headers.get("content-security-policy", ""))
    allowed = ancestors[1].split() if ancestors else ["*"]
    if options not in ("DENY", "SAMEORIGIN") and any("*" in one for one in allowed):
        raise CheckFailed(f"X-Frame-Options {options or 'missing'}, frame-ancestors {' '.join(allowed)}")
    return f"X-Frame-Options {options or 'missing'}, frame-ancestors {' '.join(allowed)}"


@check(
    "no referrers",
    suite=CheckSuite.SMOKE,
    clauses=("FD-05",),
    needs="front_url",
    expected="a Referrer-Policy that keeps our paths from other sites",
    next_step="add the header at the gateway",
    level=4,
)
def referrers(context: CheckContext) -> str:
    """Look what a browser tells other sites of the page that linked to them."""
    found: str = _both(context)[PAGE].headers.get("referrer-policy", "")
    policy = found.rsplit(",", maxsplit=1)[-1].strip().lower()  # browsers take the last that they know
    if not policy or policy in LOOSE_POLICIES:
        raise CheckFailed(f"Referrer-Policy {found!r}")
    return policy


@check(
    "no versions",
    suite=CheckSuite.SMOKE,
    clauses=("FD-06",),
    needs="front_url",
    expected="no header that names the version of a server",
    next_step="switch the header off (nginx: server_tokens off)",
    level=4,
)
def versions(context: CheckContext) -> str:
    """Look whether answers name a version, whose vulnerabilities are known."""
    for path, answer in _both(context).items():
        for name in BOASTS:
            if re.search(r"/\s*\d|\d\.\d", answer.headers.get(name, "").removeprefix("1.1 ")):
                raise CheckFailed(f"{path} with {name}: {answer.headers[name]}")
    return "none"


@check(
    "foreign page",
    suite=CheckSuite.SMOKE,
    clauses=("FD-07",),
    needs="front_url",
    expected="no permission for another site's page to read with our cookies",
    next_step="correct the origins that the backend allows",
    level=2,
)
def foreign_page(context: CheckContext) -> str:
    """Ask as the script of another site's page would."""
    with client(context.target, context.target.front_url) as http:
        _require_no_permission(expect(http.get(API, headers={"Origin": FOREIGN}), OK))
    return "not allowed"


@check(
    "foreign preflight",
    suite=CheckSuite.SMOKE,
    clauses=("FD-07",),
    needs="front_url",
    expected="no permission for another site's page to send with our cookies",
    next_step="correct the origins that the backend allows",
    level=2,
)
def foreign_preflight(context: CheckContext) -> str:
    """Ask as a browser does before it lets another site's page send something."""
    asked = {
        "Origin": FOREIGN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    with client(context.target, context.target.front_url) as http:
        answer = http.options("/api/calendars", headers=asked)
    if answer.status_code >= SERVER_ERROR:
        raise CheckFailed(f"OPTIONS /api/calendars -> {answer.status_code} {brief(answer)}")
    _require_no_permission(answer)
    return f"{answer.status_code}, not allowed"


@check(
    "strict transport",
    suite=CheckSuite.SMOKE,
    clauses=("FD-10",),
    needs="front_url",
    expected="Strict-Transport-Security with a max-age above 0",
    next_step="add the header at the gateway's TLS listener",
    level=4,
    after=(certificate_life,),
)
def strict_transport(context: CheckContext) -> str:
    """Look whether browsers are told to stay with TLS."""
    with client(context.target, tls_url(context.target)) as http:
        found: str = expect(http.get("/"), OK).headers.get("strict-transport-security", "")
    ages = [part.partition("=")[2].strip('" ') for part in found.split(";") if part.strip().startswith("max-age")]
    if len(ages) != 1 or not ages[0].isdecimal() or int(ages[0]) == 0:
        raise CheckFailed(f"Strict-Transport-Security {found!r}")
    return found


def _both(context: CheckContext) -> dict[str, httpx.Response]:
    with client(context.target, context.target.page) as page, client(context.target, context.target.front_url) as api:
        return {path: expect(http.get(path), OK) for path, http in ((PAGE, page), (API, api))}


def _require_no_permission(answer: httpx.Response) -> None:
    origin = answer.headers.get("access-control-allow-origin")
    credentials = answer.headers.get("access-control-allow-credentials", "").lower()
    if origin in (FOREIGN, "*") and credentials == "true":
        raise CheckFailed(f"Access-Control-Allow-Origin {origin} with credentials, asked from {FOREIGN}")
