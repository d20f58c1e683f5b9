"""Answers of a system whose sign-in works: front page, provider, callback, session."""

from typing import Any

from tests.helpers.fake_system import Answer, Asked

EMAIL = "ada@example.org"
NO_USER = (200, {"authenticated": False})
HEADERS = "headers"


def moved(to: str, cookie: str | None = None) -> tuple[int, Any]:
    headers = [("Location", to)] + ([("Set-Cookie", cookie)] if cookie else [])
    return 302, {HEADERS: headers}


def provider(email: str = EMAIL) -> dict[str, Answer]:
    """Return these answers for a student with the address *email*."""

    def authorize(asked: Asked) -> tuple[int, Any]:
        assert "login_hint=ada%40example.org" in asked.path
        return moved("/api/auth/google/callback?code=c&state=s")

    def status(asked: Asked) -> tuple[int, Any]:
        known = "connect.sid=s1" in asked.headers.get("cookie", "")
        return (200, {"authenticated": True, "user": {"email": email}}) if known else NO_USER

    return {
        "GET /api/auth/google": lambda _: moved("/oidc/authorize?client_id=schedgen&state=s"),
        "GET /oidc/authorize": authorize,
        "GET /api/auth/google/callback": lambda _: moved("/", "connect.sid=s1; HttpOnly; Path=/"),
        "GET /": (200, "<html></html>"),
        "GET /api/auth/status": status,
        "POST /api/auth/logout": lambda _: (200, {HEADERS: [("Set-Cookie", "connect.sid=; Max-Age=0; Path=/")]}),
    }
