"""The mutations of the gateway: of its answers, its headers, its certificate."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from checks.catalogue import ALL
from checks.mutations.gateway_edits import (
    ANEW,
    AS_SHIPPED,
    BACKEND,
    COUNTED,
    WORKER,
    certified,
    edited,
    instead,
    replaced,
    scripted,
    served,
    told,
    without,
)
from checks.mutations.mutation import Mutation

if TYPE_CHECKING:
    from drills.checks import Target

UPLOADS_REFUSED = {
    "upload of no file",
    "upload of no PDF",
    "upload of an empty file",
    "upload of a file too large",
    "upload of a truncated file",
    "upload of an encrypted file",
}
KINDS = {one.name for one in ALL if one.name.startswith("schedule: ")}
DOORS = {
    f"{name} without a session"
    for name in ("calendars", "new calendar", "new event", "blocked addresses", "unblocking")
}


def by_another_name(target: Target) -> Target:
    """Look for the front door at this machine's own name, at a port without a server."""
    return target.changed(front_url=f"http://{socket.gethostname()}:1")


def at_the_door(name: str, red: set[str], breaks: tuple[str, ...], lines: tuple[str, ...]) -> Mutation:
    """Return a mutation that the gateway's configuration, as shipped, undoes."""
    return Mutation(name, red=frozenset(red), breaks=breaks, lines=lines, undo=AS_SHIPPED)


GATEWAY = (
    at_the_door(
        "lose the way to the provider at the backend's own address",
        {"sign-in at the backend"},
        ("SI-12",),
        edited("/listen 8000;/,/^    }/s#location /oidc/#location /elsewhere/#"),
    ),
    Mutation(
        "stop the gateway",
        red=frozenset({"front page", "backend health", "worker health", "identity provider", "containers running"}),
        breaks=("FD-01", "HE-01", "HE-04", "OP-01", "SI-02"),
        lines=("docker stop frontend",),
        undo=("docker start frontend",),
    ),
    Mutation(
        "name a port without a server",
        red=frozenset({"front page", "name of the front door"}),
        breaks=("FD-01", "FD-02"),
        retarget=by_another_name,
    ),
    at_the_door(
        "serve an empty page", {"front page"}, ("FD-01",), edited("s|try_files /index.html =404;|return 200 closed;|")
    ),
    at_the_door(
        "call the system ill",
        {"gateway health"},
        ("HE-01",),
        edited("s|location = /health {.*|location = /health { return 503; }|"),
    ),
    at_the_door(
        "call the backend ill", {"backend health"}, ("HE-01",), served("location = /health", 503, "{}", BACKEND)
    ),
    at_the_door("call the workers ill", {"worker health"}, ("HE-04",), served("location = /health", 503, "{}", WORKER)),
    at_the_door(
        "say nothing of the database",
        {"database health"},
        ("HE-03",),
        served("location = /health/db", 200, "{}", BACKEND),
    ),
    at_the_door(
        "expose no metrics of the backend",
        {"backend metrics"},
        ("ME-01",),
        served("location = /metrics", 200, "# none", BACKEND),
    ),
    at_the_door(
        "expose no metrics of the workers",
        {"worker metrics"},
        ("ME-02",),
        served("location = /metrics", 200, "# none", WORKER),
    ),
    at_the_door(
        "count no idle transactions",
        {"connection gauges"},
        ("ME-06",),
        replaced('state="idle in transaction"', 'state="other"', BACKEND),
    ),
    at_the_door(
        "tell slow answers apart no more", {"latency buckets"}, ("ME-03",), replaced('le="30.0"', 'le="29.0"', BACKEND)
    ),
    at_the_door(
        "count no refusals", {"errors are counted"}, ("ME-04",), replaced('status="404"', 'status="200"', BACKEND)
    ),
    at_the_door(
        "count no completed jobs",
        {"jobs are counted"},
        ("ME-05",),
        replaced('status="completed"', 'status="failed"', WORKER),
    ),
    at_the_door(
        "lie about the queue",
        {"queue counts"},
        ("QU-03",),
        served(
            "location = /api/jobs/metrics",
            200,
            '{"waiting":7,"active":0,"completed":0,"failed":0,"delayed":0,"total":7}',
        ),
    ),
    at_the_door(
        "miscount the queue",
        {"queue metrics"},
        ("JO-08",),
        served(
            "location = /api/jobs/metrics",
            200,
            '{"waiting":1,"active":0,"completed":0,"failed":0,"delayed":0,"total":7}',
        ),
    ),
    at_the_door("answer where nothing is", {"unknown job", "unknown result"}, ("JO-03", "JO-06"), instead(404, 200)),
    at_the_door(
        "accept whatever is sent",
        {
            "job that is no uuid",
            "calendar of nonsense",
            "lectures without a semester",
            "impossible events",
            "result of a waiting job",
            "upload limit",
            *UPLOADS_REFUSED,
        },
        ("CA-10", "CA-11", "CA-12", "JO-02", "LI-03", "UP-02", "UP-03", "UP-04", "UP-05", "UP-06"),
        instead(400, 200),
    ),
    at_the_door(
        "let requests in without a session", {*DOORS, "forged sign-in"}, ("RI-01", "RI-02", "SI-05"), instead(401, 200)
    ),
    at_the_door("break the form of errors", {"error body"}, ("ER-01",), replaced('"requestId"', '"request"')),
    at_the_door("name no request", {"request id", "error body"}, ("ER-02",), told("proxy_hide_header X-Request-ID;")),
    at_the_door("forget when a job ended", {"record of a job"}, ("JO-01",), replaced('"completedAt"', '"ended"')),
    at_the_door(
        "recognise a user without a session",
        {"user without a session", "sign-in", "forged sign-in"},
        ("SI-08",),
        replaced('"authenticated":false', '"authenticated":true'),
    ),
    at_the_door(
        "take a forged way back",
        {"forged sign-in", "sign-in"},
        ("SI-03", "SI-05"),
        served("location = /api/auth/google/callback", 200, "{}"),
    ),
    at_the_door(
        "redirect to no provider",
        {"way to the identity provider"},
        ("SI-01",),
        served("location = /api/auth/google", 302, "/nowhere"),
    ),
    Mutation(
        "stop the identity provider",
        red=frozenset({"identity provider", "containers running"}),
        breaks=("OP-01", "SI-02"),
        lines=("docker stop oidc",),
        undo=("docker start oidc",),
    ),
    Mutation(
        "rotate the client secret",
        red=frozenset({"sign-in"}),
        breaks=("SI-03",),
        lines=("cp .env /tmp/as-shipped", "sed -i 's/^OIDC_CLIENT_SECRET=.*/OIDC_CLIENT_SECRET=synthetic/' .env", ANEW),
        undo=("cp /tmp/as-shipped .env", ANEW),
    ),
    at_the_door("give no time stamp in calendars", {"calendar file"}, ("CA-01",), replaced("DTSTAMP", "X-STAMP")),
    at_the_door(
        "repeat lectures daily", {"weekly lectures", "journey"}, ("CA-02",), replaced("FREQ=WEEKLY", "FREQ=DAILY")
    ),
    at_the_door("move tests by a day", {"single events"}, ("CA-03",), replaced("20260822", "20260823")),
    at_the_door("let browsers guess types", {"no guessing of types"}, ("FD-03",), without("X-Content-Type-Options")),
    at_the_door(
        "let others frame the page", {"no framing"}, ("FD-04",), edited("/X-Frame-Options/d; /frame-ancestors/d")
    ),
    at_the_door("tell others of our paths", {"no referrers"}, ("FD-05",), without("Referrer-Policy")),
    at_the_door("name a version", {"no versions"}, ("FD-06",), edited("s/server_tokens off/server_tokens on/")),
    at_the_door(
        "let foreign pages in",
        {"foreign page", "foreign preflight"},
        ("FD-07",),
        edited(
            "/add_header Referrer-Policy/a add_header Access-Control-Allow-Origin $http_origin always;"
            " add_header Access-Control-Allow-Credentials true always;"
        ),
    ),
    at_the_door(
        "keep the limit to ourselves",
        {"rate limit headers", "upload limit"},
        ("LI-01", "LI-03"),
        told("proxy_hide_header X-RateLimit-Remaining;"),
    ),
    at_the_door(
        "limit requests for the health",
        {"health is not limited"},
        ("LI-07",),
        edited(f"s|location = /health {{|&{COUNTED}|"),
    ),
    at_the_door(
        "hand out a cookie to scripts",
        {"session cookie"},
        ("SE-01",),
        told("proxy_cookie_flags connect.sid nohttponly;"),
    ),
    Mutation(
        "certify another name",
        red=frozenset({"certificate"}),
        breaks=("FD-08",),
        lines=certified("90 schedule.example.org"),
        undo=certified(""),
    ),
    Mutation(
        "expire the certificate",
        red=frozenset({"certificate expiry"}),
        breaks=("FD-08",),
        lines=certified("-1"),
        undo=certified(""),
    ),
    Mutation(
        "let the certificate run out soon",
        red=frozenset({"certificate expiry"}),
        breaks=("FD-08",),
        lines=certified("3"),
        undo=certified(""),
    ),
    at_the_door(
        "speak TLS 1.1",
        {"old TLS"},
        ("FD-09",),
        edited("s/ssl_protocols .*/ssl_protocols TLSv1.1 TLSv1.2; ssl_ciphers ALL:@SECLEVEL=0;/"),
    ),
    at_the_door("let browsers leave TLS", {"strict transport"}, ("FD-10",), without("Strict-Transport-Security")),
    at_the_door(
        "parse nothing on request",
        {"parsing on request", "refused parsing", *KINDS},
        ("PR-01", "PR-02"),
        served("location = /parse", 200, "{}", WORKER),
    ),
    at_the_door("break the page's script", {"browser: front page"}, ("FD-11",), scripted("echo broken >> page.js")),
    at_the_door(
        "keep the session on signing out",
        {"browser: sign-in"},
        ("FD-12",),
        scripted("sed -i s,/api/auth/logout,/api/auth/status, page.js"),
    ),
    at_the_door(
        "mix up the events", {"browser: schedule"}, ("FD-13",), scripted("sed -i s/event.venue/event.module/ page.js")
    ),
)
