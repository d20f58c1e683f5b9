"""Sign-in with the identity provider, sign-out, and the administrators' view of blocked addresses."""

from __future__ import annotations

import base64
import hmac
import json
import logging
import secrets
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from stack.services.backend import blocking, oidc, sessions
from stack.services.backend.context import Context, Ctx
from stack.services.backend.errors import ApiError
from stack.services.backend.limits import PER_MINUTE, address_of
from stack.services.backend.sessions import Administrator, MaybeUser, User

FLOW_COOKIE = "oidc.flow"
FLOW_S = 600
_REMEMBER = """
    INSERT INTO users (email, "firstName", "lastName", picture)
    VALUES (%(email)s, %(firstName)s, %(lastName)s, %(picture)s)
    ON CONFLICT (email) DO UPDATE SET "firstName" = excluded."firstName", "lastName" = excluded."lastName",
        picture = excluded.picture
"""
router = APIRouter(prefix="/api/auth", dependencies=[Depends(PER_MINUTE)])
log = logging.getLogger("auth")


class Address(BaseModel):
    """The body of an unblock request."""

    ip: str


@router.get("/google")
async def sign_in(request: Request, context: Ctx) -> Response:
    """Send the browser to the identity provider."""
    await blocking.refuse_blocked(context, address_of(request, context.settings))
    scheme = "https" if sessions.behind_tls(request, context.settings) else "http"
    host = request.headers.get("host", "localhost")
    flow = oidc.Flow(
        state=secrets.token_urlsafe(16),
        nonce=secrets.token_urlsafe(16),
        verifier=secrets.token_urlsafe(48),
        redirect_uri=f"{scheme}://{host}/api/auth/google/callback",
    )
    settings = context.settings.sign_in
    response = RedirectResponse(oidc.authorize_url(settings, flow), status_code=302)
    packed = base64.urlsafe_b64encode(json.dumps(asdict(flow)).encode()).decode()
    cookie = sessions.sign(packed, settings.session_secrets[0])
    sessions.set_cookie(request, response, context.settings, (FLOW_COOKIE, cookie, FLOW_S))
    return response


@router.get("/google/callback")
async def callback(request: Request, context: Ctx, code: str = "", state: str = "") -> Response:
    """Take the provider's code, start the session, and send the browser to the front page."""
    address = address_of(request, context.settings)
    await blocking.refuse_blocked(context, address)
    try:
        user = await oidc.user_of(context, _flow(request, context, state), code)
    except oidc.CodeRefusedError as error:
        log.warning("Authentication failed for %s: %s", address, error)
        await blocking.count_failure(context, address)
        raise ApiError(401, f"Authentication failed: {error}") from error
    except oidc.ProviderError as error:
        log.error("Authentication failed: %s", error)  # noqa: TRY400 — the sentence says it; a traceback adds nothing
        raise ApiError(502, f"Authentication failed: {error}") from error
    await _remember(context, user)
    response = RedirectResponse("/", status_code=302)
    response.delete_cookie(FLOW_COOKIE)
    await sessions.begin(request, response, context, user)
    await blocking.forgive(context, address)
    return response


def _flow(request: Request, context: Context, state: str) -> oidc.Flow:
    """Return the flow this browser began; raises CodeRefusedError when *state* is not of that flow."""
    packed = sessions.unsign(request.cookies.get(FLOW_COOKIE, ""), context.settings.sign_in.session_secrets)
    if not packed:
        raise oidc.CodeRefusedError("this browser has not begun a sign-in")
    flow = oidc.Flow(**json.loads(base64.urlsafe_b64decode(packed)))
    if not hmac.compare_digest(flow.state.encode(), state.encode()):
        raise oidc.CodeRefusedError("the state is not the one this browser was given")
    return flow


async def _remember(context: Context, user: User) -> None:
    async with context.pool.connection() as connection:
        await connection.execute(_REMEMBER, asdict(user))


@router.get("/status")
async def status(user: MaybeUser) -> dict[str, Any]:
    """Answer with the user who is signed in."""
    return {"authenticated": False} if user is None else {"authenticated": True, "user": asdict(user)}


@router.post("/logout", status_code=200)
async def logout(request: Request, context: Ctx) -> Response:
    """End the session, if there is one."""
    session_id = sessions.session_id_of(request, context.settings.sign_in.session_secrets)
    if session_id is not None:
        await context.redis.delete(f"sess:{session_id}")
    response = Response(status_code=200)
    response.delete_cookie(sessions.COOKIE)
    return response


@router.get("/ip/status")
async def ip_status(ip: str, context: Ctx, _: Administrator) -> dict[str, object]:
    """Answer whether an address is blocked."""
    return await blocking.status(context, ip)


@router.post("/ip/unblock", status_code=200)
async def unblock(body: Address, context: Ctx, _: Administrator) -> dict[str, object]:
    """Lift the block of an address."""
    await blocking.forgive(context, body.ip)
    return await blocking.status(context, body.ip)
