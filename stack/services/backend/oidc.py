"""The identity provider's side of a sign-in: where to send the browser, and what its code is worth."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from stack.services.backend.sessions import User

if TYPE_CHECKING:
    from stack.services.backend.context import Context
    from stack.services.backend.settings import SignIn


class CodeRefusedError(Exception):
    """The provider does not accept this code, or the identity it returned is not what was asked for."""


class ProviderError(Exception):
    """The provider cannot be reached, or does not accept this backend's own credentials."""


@dataclass(frozen=True)
class Flow:
    """What ties a callback to the browser that started it; travels in a signed cookie."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str


def authorize_url(settings: SignIn, flow: Flow) -> str:
    """Return the provider's page, relative to this host: it works through whatever port the browser came by."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(flow.verifier.encode()).digest()).decode().rstrip("=")
    query = {
        "response_type": "code",
        "client_id": settings.client_id,
        "redirect_uri": flow.redirect_uri,
        "scope": "openid email profile",
        "state": flow.state,
        "nonce": flow.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{urlsplit(settings.issuer).path}/authorize?{urlencode(query)}"


async def user_of(context: Context, flow: Flow, code: str) -> User:
    """Exchange *code* for the user's identity; raises CodeRefusedError or ProviderError."""
    settings = context.settings.sign_in
    try:
        id_token = await _exchange(context, flow, code)
        answer = await context.http.get(f"{settings.issuer}/jwks")
        answer.raise_for_status()
        keys = KeySet.import_key_set(answer.json())
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise ProviderError(f"identity provider: {type(error).__name__}: {error}") from error
    return _user(_claims(id_token, keys, settings, flow))


async def _exchange(context: Context, flow: Flow, code: str) -> str:
    settings = context.settings.sign_in
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": flow.redirect_uri,
        "code_verifier": flow.verifier,
    }
    credentials = (settings.client_id, settings.client_secret)
    answer = await context.http.post(f"{settings.issuer}/token", data=form, auth=credentials)
    if answer.status_code == httpx.codes.BAD_REQUEST:
        raise CodeRefusedError("the provider does not know this code")
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise ProviderError("Google OAuth credentials invalid: the provider refused our client secret")
    answer.raise_for_status()
    return str(answer.json()["id_token"])


def _claims(id_token: str, keys: KeySet, settings: SignIn, flow: Flow) -> dict[str, Any]:
    expected = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": settings.issuer},
        aud={"essential": True, "value": settings.client_id},
        nonce={"essential": True, "value": flow.nonce},
        exp={"essential": True},
        email={"essential": True},
    )
    try:
        token = jwt.decode(id_token, keys, algorithms=["RS256"])
        expected.validate(token.claims)
    except (JoseError, ValueError) as error:
        raise CodeRefusedError(f"the identity does not hold: {error}") from error
    return token.claims


def _user(claims: dict[str, Any]) -> User:
    return User(
        email=str(claims["email"]),
        firstName=str(claims.get("given_name", "")),
        lastName=str(claims.get("family_name", "")),
        picture=str(claims.get("picture", "")),
    )
