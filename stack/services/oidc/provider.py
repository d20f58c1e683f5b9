"""The provider's endpoints. Every e-mail address may sign in, without a password: the users of a drill are made up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import secrets
import time
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import FastAPI, Form, Header, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

CODE_S = 60
TOKEN_S = 3600


@dataclass(frozen=True)
class Client:
    """The one application that may ask for identities; `issuer` is the address of this provider."""

    issuer: str
    id: str
    secret: str


@dataclass(frozen=True)
class Grant:
    """A code given to a browser: the user it stands for, and what its exchange must show."""

    email: str
    redirect_uri: str
    nonce: str
    challenge: str
    expires_s: float


def s256(verifier: str) -> str:
    """Return the PKCE challenge of *verifier*."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def profile(email: str) -> dict[str, str]:
    """Return the made-up person behind *email*: `jane.doe@…` is Jane Doe."""
    first, _, last = email.partition("@")[0].partition(".")
    names = {"given_name": first.title(), "family_name": last.title()}
    return {"sub": hashlib.sha256(email.encode()).hexdigest()[:21], "email": email, "picture": "", **names}


class Provider:
    """Codes, tokens and the signing key, for as long as the process lives."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, private=True, auto_kid=True)
        self._grants: dict[str, Grant] = {}

    def grant(self, grant: Grant) -> str:
        """Return a code for *grant*, good for one exchange; a code that is not exchanged in time is removed."""
        now_s = time.monotonic()
        self._grants = {code: kept for code, kept in self._grants.items() if kept.expires_s > now_s}
        code = secrets.token_urlsafe(24)
        self._grants[code] = grant
        return code

    def redeem(self, code: str, redirect_uri: str, verifier: str) -> Grant | None:
        """Return the grant behind *code*, once; None when anything about the exchange is wrong."""
        grant = self._grants.pop(code, None)
        if grant is None or grant.expires_s < time.monotonic() or grant.redirect_uri != redirect_uri:
            return None
        return grant if hmac.compare_digest(s256(verifier), grant.challenge) else None

    def token(self, email: str, audience: str, extra: dict[str, Any]) -> str:
        """Return a signed token about *email* for *audience*."""
        now_s = int(time.time())
        claims = {"iss": self.client.issuer, "aud": audience, "iat": now_s, "exp": now_s + TOKEN_S}
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims | profile(email) | extra, self.key)

    def email_in(self, token: str) -> str | None:
        """Return the e-mail address in an access token of this provider; None for any other token."""
        try:
            claims = jwt.decode(token, self.key, algorithms=["RS256"]).claims
            jwt.JWTClaimsRegistry(
                aud={"essential": True, "value": self.client.issuer}, exp={"essential": True}
            ).validate(claims)
        except (JoseError, ValueError):
            return None
        return str(claims["email"])

    def knows(self, authorization: str) -> bool:
        """Say whether an HTTP Basic header carries the client's id and secret."""
        expected = base64.b64encode(f"{self.client.id}:{self.client.secret}".encode()).decode()
        return hmac.compare_digest(authorization.encode(), f"Basic {expected}".encode())


def _refused(status: int, error: str) -> JSONResponse:
    return JSONResponse({"error": error}, status_code=status)


def _address(request: Request) -> str:
    """Return the provider's address as this client knows it: it is the issuer under every address that leads to it."""
    scheme = request.headers.get("x-forwarded-proto", request.url.scheme)
    return f"{scheme}://{request.headers['host']}/oidc"


def _login_page(request: Request) -> HTMLResponse:
    fields = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in request.query_params.items()
    )
    return HTMLResponse(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in</title>'
        f'<main><h1>Sign in</h1><p>Anybody may, under any address.</p><form>{fields}<label for="email">E-mail</label> '
        '<input id="email" type="email" name="login_hint" autocomplete="email" required> <button>Sign in</button>'
        "</form></main></html>"
    )


def _front_channel(app: FastAPI, provider: Provider) -> None:
    @app.get("/oidc/.well-known/openid-configuration")
    async def discovery(request: Request) -> dict[str, Any]:
        issuer = _address(request)
        names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        return {
            "issuer": issuer,
            "jwks_uri": f"{issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            **{f"{name}_endpoint": f"{issuer}/{path}" for name, path in names.items()},
        }

    @app.get("/oidc/jwks")
    async def jwks() -> dict[str, Any]:
        return {"keys": [provider.key.as_dict(private=False)]}

    @app.get("/oidc/authorize", response_model=None)
    async def authorize(request: Request) -> RedirectResponse | HTMLResponse | JSONResponse:
        asked = request.query_params
        needed = ("redirect_uri", "state", "nonce", "code_challenge")
        right_client = asked.get("client_id") == provider.client.id and asked.get("response_type") == "code"
        if not right_client or not all(asked.get(name) for name in needed):
            return _refused(400, "invalid_request")
        if "@" not in asked.get("login_hint", ""):
            return _login_page(request)
        grant = Grant(
            email=asked["login_hint"],
            redirect_uri=asked["redirect_uri"],
            nonce=asked["nonce"],
            challenge=asked["code_challenge"],
            expires_s=time.monotonic() + CODE_S,
        )
        answer = {"code": provider.grant(grant), "state": asked["state"]}
        return RedirectResponse(f"{grant.redirect_uri}?{urlencode(answer)}", status_code=302)


def _back_channel(app: FastAPI, provider: Provider) -> None:
    @app.post("/oidc/token")
    async def token(
        code: Annotated[str, Form()],
        redirect_uri: Annotated[str, Form()],
        code_verifier: Annotated[str, Form()],
        authorization: Annotated[str, Header()] = "",
    ) -> JSONResponse:
        if not provider.knows(authorization):
            return _refused(401, "invalid_client")
        grant = provider.redeem(code, redirect_uri, code_verifier)
        if grant is None:
            return _refused(400, "invalid_grant")
        body = {
            "id_token": provider.token(grant.email, provider.client.id, {"nonce": grant.nonce}),
            "access_token": provider.token(grant.email, provider.client.issuer, {}),
            "token_type": "Bearer",
            "expires_in": TOKEN_S,
        }
        return JSONResponse(body, headers={"Cache-Control": "no-store"})

    @app.get("/oidc/userinfo")
    async def userinfo(authorization: Annotated[str, Header()] = "") -> JSONResponse:
        email = provider.email_in(authorization.removeprefix("Bearer "))
        return _refused(401, "invalid_token") if email is None else JSONResponse(profile(email))


def application(client: Client) -> FastAPI:
    """Return the provider's application for *client*."""
    app = FastAPI(title="oidc", docs_url=None, redoc_url=None, openapi_url=None)
    provider = Provider(client)
    _front_channel(app, provider)
    _back_channel(app, provider)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    return app
