"""The lines that change what the gateway answers: its configuration, its page, its certificate."""

from __future__ import annotations

import shlex

CONF = "/etc/nginx/nginx.conf"
KEPT = "/etc/nginx/as-shipped"
KEEP = f"docker exec frontend sh -c 'test -f {KEPT} || cp {CONF} {KEPT}'"
RELOAD = "docker exec frontend nginx -s reload"
PAGE = "/usr/share/nginx/schedgen"
AS_SHIPPED = (
    f"docker exec frontend cp {KEPT} {CONF}",
    f"docker exec frontend cp {PAGE}/as-shipped {PAGE}/page.js",
    RELOAD,
)
ANEW = "docker-compose up -d --no-deps --wait oidc"
NEW_CERTIFICATE = "./scripts/make-certificate.sh"
FRONT, BACKEND, WORKER = "listen 3443 ssl;", "listen 8000;", "listen 8001;"
"""The lines of the configuration below which directives are added to each of the gateway's servers."""
COUNTED = " add_header X-RateLimit-Remaining $request_id always;"


def edited(script: str) -> tuple[str, ...]:
    """Return the lines that edit the gateway's configuration with sed and have it read."""
    return (KEEP, f"docker exec frontend sed -i {shlex.quote(script)} {CONF}", RELOAD)


def told(directive: str, server: str = FRONT) -> tuple[str, ...]:
    """Return the lines that add a directive to one of the gateway's servers."""
    return edited(f"/{server}/a {directive}")


def served(location: str, status: int, body: str, server: str = FRONT) -> tuple[str, ...]:
    """Return the lines after which the gateway itself answers at *location*, such as `location = /x`."""
    return told(f"{location} {{ default_type application/json; return {status} '{body}'; }}", server)


def replaced(found: str, forged: str, server: str = FRONT) -> tuple[str, ...]:
    """Return the lines after which every answer says *forged* where it said *found*."""
    return told(f"sub_filter_types *; sub_filter_once off; sub_filter '{found}' '{forged}';", server)


def instead(status: int, other: int) -> tuple[str, ...]:
    """Return the lines after which the front door answers *other* where the backend said *status*."""
    return told(
        f"proxy_intercept_errors on; error_page {status} ={other} @other; location @other {{ return {other} '{{}}'; }}"
    )


def without(header: str) -> tuple[str, ...]:
    """Return the lines after which the front door no longer adds *header*."""
    return edited(f"/add_header {header}/d")


def certified(arguments: str) -> tuple[str, ...]:
    """Return the lines that give the gateway another certificate."""
    return (f"{NEW_CERTIFICATE} {arguments}", RELOAD)


def scripted(change: str) -> tuple[str, ...]:
    """Return the line that changes the page's script; *change* is a command of the shell in the page's folder."""
    keep = "test -f as-shipped || cp page.js as-shipped"
    return (f"docker exec -w {PAGE} frontend sh -c {shlex.quote(f'{keep}; {change}')}",)
