"""A small system with accounts, sessions, calendars and limits; each fault of it is one word in `faults`."""

import json
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.helpers.fake_system import Answer, Asked, Reply
from tests.helpers.sign_in_answers import HEADERS, NO_USER, moved

ADA, BEN, ADMIN = "ada@example.org", "ben@example.org", "admin@example.org"
CALLBACK = "/api/auth/google/callback"
MOST_FAILURES = 5
MOST_REQUESTS = 100
COOKIE = "connect.sid"


@dataclass
class TwoUsers:
    """The state of the system, by the names that its clients see; a session's cookie is `s:<id>.<signature>`."""

    faults: frozenset[str] = frozenset()
    sessions: dict[str, str] = field(default_factory=dict)
    flows: dict[str, tuple[str, str]] = field(default_factory=dict)
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    calendars: dict[str, tuple[str, str]] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    used: dict[tuple[str, str], int] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(1))

    def answers(self) -> dict[str, Answer]:
        return {
            "GET /api/auth/google": self.begin,
            "GET /oidc/authorize": self.authorize,
            f"GET {CALLBACK}": self.callback,
            "GET /": (200, "<html></html>"),
            "GET /api/auth/status": self.status,
            "POST /api/auth/logout": self.logout,
            "GET /api/auth/ip/status": lambda asked: self.administered(asked, query(asked)["ip"], lift=False),
            "POST /api/auth/ip/unblock": lambda asked: self.administered(
                asked, json.loads(asked.body)["ip"], lift=True
            ),
            "GET /api/calendars": self.listed,
            "POST /api/calendars": self.made,
            "POST /api/calendars/events": self.added,
            "GET /api/jobs": (200, []) if "lists jobs" in self.faults else (404, {}),
            "GET /api/jobs/*": lambda asked: self.limited(asked, (404, {})),
        }

    def begin(self, asked: Asked) -> Reply:
        if self.blocked(asked):
            return 403, {"message": "IP_BLOCKED"}
        state = "s" if "one state" in self.faults else f"state{next(self.numbers)}"
        nonce = f"nonce{next(self.numbers)}"
        self.flows[state] = (state, nonce)
        return moved(f"/oidc/authorize?client_id=c&state={state}&nonce={nonce}", f"flow={state}; Path=/")

    def authorize(self, asked: Asked) -> Reply:
        if "no way" in self.faults:
            return 404, {}
        wish = query(asked)
        code = f"code{next(self.numbers)}"
        self.codes[code] = (wish["login_hint"], wish["nonce"])
        return moved(f"{CALLBACK}?code={code}&state={wish['state']}")

    def callback(self, asked: Asked) -> Reply:
        if self.blocked(asked):
            return 403, {"message": "IP_BLOCKED"}
        wish, flow = query(asked), cookies(asked).get("flow", "")
        email = self.vouched(wish, wish["state"] if "any browser" in self.faults else flow)
        if email is None:
            self.failures[address(asked)] = self.failures.get(address(asked), 0) + 1
            return moved("/?error=refused") if "to a page" in self.faults else (401, {"message": "refused"})
        if "remembers" not in self.faults:
            self.failures.pop(address(asked), None)
        kept = self.session(asked) if "fixation" in self.faults else None
        name = kept or f"id{next(self.numbers)}"
        self.sessions[name] = email
        return moved("/", f"{COOKIE}=s%3A{name}.sig; Path=/; Max-Age=86400")

    def vouched(self, wish: dict[str, str], state: str) -> str | None:
        """Return the account that the provider vouches for; None where any part of the way back is wrong."""
        known, nonce = self.flows.get(state, ("", ""))
        take = self.codes.get if "code twice" in self.faults else self.codes.pop
        email, vouched_nonce = take(wish["code"], ("", ""))
        right_state = known == wish["state"] or "any state" in self.faults
        right_nonce = nonce == vouched_nonce or "any nonce" in self.faults
        return email if known and email and right_state and right_nonce else None

    def session(self, asked: Asked) -> str | None:
        name, _, signature = cookies(asked).get(COOKIE, "").replace("%3A", ":").removeprefix("s:").rpartition(".")
        return name if name in self.sessions and (signature == "sig" or "any signature" in self.faults) else None

    def user(self, asked: Asked) -> str:
        return self.sessions.get(self.session(asked) or "", "")

    def status(self, asked: Asked) -> Reply:
        email = self.user(asked)
        about = (
            {"email": email}
            if "bare" in self.faults
            else {"email": email, "firstName": "Ada", "lastName": "", "picture": ""}
        )
        return self.limited(asked, (200, {"authenticated": True, "user": about}) if email else NO_USER)

    def logout(self, asked: Asked) -> Reply:
        if "keeps sessions" not in self.faults:
            self.sessions.pop(self.session(asked) or "", None)
        return 200, {HEADERS: [("Set-Cookie", f"{COOKIE}=; Max-Age=0; Path=/")]}

    def administered(self, asked: Asked, who: str, *, lift: bool) -> Reply:
        email = self.user(asked)
        if not email:
            return 401, {}
        if email != ADMIN and "all administrators" not in self.faults:
            return 403, {}
        if lift and "no unblocking" not in self.faults:
            self.failures.pop(who, None)
        failures = 0 if "tells no failures" in self.faults else self.failures.get(who, 0)
        blocked = failures >= MOST_FAILURES
        about = {"ip": who, "blocked": blocked, "secondsLeft": 3600 if blocked else 0, "failures": failures}
        return (201 if lift and "made" in self.faults else 200), about

    def listed(self, asked: Asked) -> Reply:
        email, everybody = self.user(asked), "shows all" in self.faults
        mine = [name for owner, name in self.calendars.values() if everybody or owner == email]
        return (200, mine) if email else (401, {})

    def made(self, asked: Asked) -> Reply:
        if "makes none" in self.faults:
            return 503, {}
        name = f"c{next(self.numbers)}"
        self.calendars[name] = (self.user(asked), json.loads(asked.body)["name"])
        return 201, {"id": name}

    def added(self, asked: Asked) -> Reply:
        owner, _ = self.calendars[json.loads(asked.body)["calendarId"]]
        return (201, {"id": "e"}) if owner == self.user(asked) or "any calendar" in self.faults else (404, {})

    def blocked(self, asked: Asked) -> bool:
        most = {"blocks early": 3, "never blocks": 10**6}
        limit = next((number for fault, number in most.items() if fault in self.faults), MOST_FAILURES)
        found = sum(self.failures.values()) if "blocks all" in self.faults else self.failures.get(address(asked), 0)
        return found >= limit

    def limited(self, asked: Asked, reply: Reply) -> Reply:
        route = "all" if "one route" in self.faults else asked.path.split("/")[2]
        who = address(asked)
        if "any address" in self.faults:
            who = named_first(asked)
        if "reads on" in self.faults and who == "no address":
            who = named_first(asked)
        if "one address" in self.faults:
            who = "all"
        used = self.used[who, route] = self.used.get((who, route), 0) + 1
        most = MOST_REQUESTS - ("too early" in self.faults)
        sent = {"Limit": MOST_REQUESTS, "Remaining": max(0, MOST_REQUESTS - used), "Reset": int(time.time()) + 30}
        sent_as = [(f"X-RateLimit-{name}", str(value)) for name, value in sent.items()]
        if used > most and "no limit" not in self.faults:
            return 429, {HEADERS: [*sent_as, ("Retry-After", "30")]}
        status, body = reply
        return status, {**body, HEADERS: sent_as}


def query(asked: Asked) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}


def cookies(asked: Asked) -> dict[str, str]:
    parts = (part.partition("=") for part in asked.headers.get("cookie", "").split("; "))
    return {name: value for name, _, value in parts}


def address(asked: Asked) -> str:
    """Return what the last proxy named: the fake is behind one that it trusts."""
    return asked.headers.get("x-forwarded-for", "").split(",")[-1].strip()


def named_first(asked: Asked) -> str:
    """Return what the client itself named."""
    return asked.headers.get("x-forwarded-for", "").split(",")[0].strip()
