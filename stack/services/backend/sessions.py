"""Sessions: a signed cookie that names a record in Redis, which all backends share."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import secrets
from dataclasses import asdict, dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote, unquote

from fastapi import Depends, Request, Response

from stack.services.backend.context import Context, Ctx
from stack.services.backend.errors import ApiError

if TYPE_CHECKING:
    from stack.services.backend.settings import Settings

COOKIE = "connect.sid"
log = logging.getLogger("auth")


@dataclass(frozen=True)
class User:
    """A signed-in person, as the identity provider introduced them."""

    email: str
    firstName: str
    lastName: str
    picture: str


def sign(value: str, secret: str) -> str:
    """Return *value* with a signature that only holders of *secret* can make."""
    digest = hmac.new(secret.encode(), value.encode(), hashlib.sha256).digest()
    return f"{value}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def unsign(signed: str, accepted: tuple[str, ...]) -> str | None:
    """Return the value inside *signed*; None when none of the *accepted* secrets signed it."""
    value, _, _ = signed.rpartition(".")
    ours = any(hmac.compare_digest(sign(value, secret).encode(), signed.encode()) for secret in accepted)
    return value if ours else None


def behind_tls(request: Request, settings: Settings) -> bool:
    """Say whether the client speaks TLS, as far as a trusted proxy tells."""
    peer = request.client.host if request.client else ""
    forwarded = request.headers.get("x-forwarded-proto", "") == "https"
    return forwarded and bool(peer) and settings.trusts(ip_address(peer))


def set_cookie(request: Request, response: Response, settings: Settings, cookie: tuple[str, str, int]) -> None:
    """Set the cookie (name, value, age in seconds) so that scripts and other sites never get it."""
    name, value, age_s = cookie
    response.set_cookie(name, value, max_age=age_s, httponly=True, samesite="lax", secure=behind_tls(request, settings))


async def begin(request: Request, response: Response, context: Context, user: User) -> None:
    """Start a session for *user*; raises RedisError when it cannot be kept."""
    settings = context.settings.sign_in
    session_id = secrets.token_urlsafe(24)
    await context.redis.set(f"sess:{session_id}", json.dumps(asdict(user)), ex=settings.session_ttl_s)
    value = quote("s:" + sign(session_id, settings.session_secrets[0]), safe="")
    set_cookie(request, response, context.settings, (COOKIE, value, settings.session_ttl_s))


def session_id_of(request: Request, accepted: tuple[str, ...]) -> str | None:
    """Return the id in the request's cookie; None without one, or when another secret signed it."""
    cookie = unquote(request.cookies.get(COOKIE, ""))
    if not cookie.startswith("s:"):
        return None
    session_id = unsign(cookie.removeprefix("s:"), accepted)
    if session_id is None:
        log.warning("Authentication failed: a session cookie is signed with another secret")
    return session_id


async def current_user(request: Request, context: Ctx) -> User | None:
    """Return the signed-in user, None without a session; raises RedisError when the sessions cannot be read."""
    session_id = session_id_of(request, context.settings.sign_in.session_secrets)
    if session_id is None:
        return None
    text = await context.redis.get(f"sess:{session_id}")
    return User(**json.loads(text)) if text else None


async def _signed_in(user: Annotated[User | None, Depends(current_user)]) -> User:
    if user is None:
        raise ApiError(401, "sign in first")
    return user


async def _administrator(user: Annotated[User, Depends(_signed_in)], context: Ctx) -> User:
    if user.email not in context.settings.sign_in.admin_emails:
        raise ApiError(403, "administrators only")
    return user


MaybeUser = Annotated[User | None, Depends(current_user)]
SignedIn = Annotated[User, Depends(_signed_in)]
Administrator = Annotated[User, Depends(_administrator)]
