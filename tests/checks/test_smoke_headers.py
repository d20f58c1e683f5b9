from typing import Any

import pytest

from checks.smoke import headers
from drills.checks.definition import Check
from drills.checks.result import CheckResult
from tests.helpers.checking import look, require
from tests.helpers.fake_system import Answer

GOOD = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "X-Powered-By": "schedules",
}
BOTH = (headers.sniffing, headers.framing, headers.referrers, headers.versions)


def answering(one: Check, page: dict[str, str], api: dict[str, str]) -> CheckResult:
    def sent(found: dict[str, str]) -> Answer:
        return lambda _: (200, {"headers": list(found.items())})

    return look(one, {"GET /": sent(page), "GET /api/auth/status": sent(api)})


@pytest.mark.parametrize("one", BOTH, ids=lambda one: one.name)
def test_good_headers(one: Check) -> None:
    require(answering(one, GOOD, GOOD), "")
    require(look(one, {}), "-> 404")


def test_policy_may_take_the_place_of_an_older_header() -> None:
    policy = {"Content-Security-Policy": "default-src 'self'; frame-ancestors 'self' https://up.ac.za"}
    require(answering(headers.framing, policy, {}), "")


@pytest.mark.parametrize(
    ("one", "page", "api", "seen"),
    [
        (headers.sniffing, {}, GOOD, "/ with X-Content-Type-Options None"),
        (headers.sniffing, GOOD, {}, "/api/auth/status with X-Content-Type-Options None"),
        (headers.framing, {}, GOOD, "X-Frame-Options missing"),
        (headers.framing, {"X-Frame-Options": "ALLOWALL"}, GOOD, "X-Frame-Options ALLOWALL"),
        (headers.framing, {"Content-Security-Policy": "frame-ancestors *"}, GOOD, "frame-ancestors *"),
        (headers.referrers, {}, GOOD, "Referrer-Policy ''"),
        (headers.referrers, {"Referrer-Policy": "no-referrer, unsafe-url"}, GOOD, "unsafe-url"),
        (headers.versions, {"X-Powered-By": "PHP/8.1"}, GOOD, "/ with x-powered-by: PHP/8.1"),
        (headers.versions, GOOD, {"Via": "1.1 varnish (Varnish/6.0)"}, "with via: 1.1 varnish"),
    ],
)
def test_missing_or_loose_header_is_seen(one: Check, page: dict[str, str], api: dict[str, str], seen: str) -> None:
    require(answering(one, page, api), seen)


@pytest.mark.parametrize(
    ("one", "route", "status"),
    [
        (headers.foreign_page, "GET /api/auth/status", 200),
        (headers.foreign_preflight, "OPTIONS /api/calendars", 204),
    ],
    ids=["page", "preflight"],
)
def test_foreign_pages(one: Check, route: str, status: int) -> None:
    def permitting(origin: str, credentials: str) -> Any:
        given = [("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", credentials)]
        return look(one, {route: lambda _: (status, {"headers": given})})

    require(look(one, {route: (status, {})}), "")
    require(permitting("https://schedgen.example", "true"), "")
    require(permitting("*", "false"), "")
    require(permitting(headers.FOREIGN, "true"), "with credentials")
    require(permitting("*", "true"), "with credentials")
    require(look(one, {route: (502, {})}), "-> 502")
