"""The backend's settings; each variable is described in `stack/defaults.env`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stack.services.common.settings import Environment, Network, SettingsError, Stores, stores

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

MIB = 1024 * 1024


@dataclass(frozen=True)
class Pool:
    """The pool of database connections."""

    max_connections: int
    wait_s: float


@dataclass(frozen=True)
class Limits:
    """Requests a minute for one address and route; uploads have limits of their own. The quota counts for one owner.

    At most `max_waiting` jobs wait before uploads are refused; 0 means any number.
    """

    per_minute: int
    uploads_per_minute: int
    upload_bytes: int
    quota_bytes: int
    max_waiting: int


@dataclass(frozen=True)
class SignIn:
    """The identity provider, and how sessions are kept.

    The first of *session_secrets* signs cookies; what any of them has signed is accepted.
    """

    issuer: str
    client_id: str
    client_secret: str
    session_secrets: tuple[str, ...]
    session_ttl_s: int
    admin_emails: tuple[str, ...]
    max_failures: int
    block_s: int


@dataclass(frozen=True)
class Settings:
    """Everything the backend takes from its environment."""

    port: int
    stores: Stores
    pool: Pool
    redis_answer_s: float
    job_backoff_ms: int
    limits: Limits
    sign_in: SignIn
    trusted_proxies: tuple[Network, ...]

    def trusts(self, address: IPv4Address | IPv6Address) -> bool:
        """Say whether *address* is a proxy whose X-Forwarded-For is believed."""
        return any(address in network for network in self.trusted_proxies)


def _session_secrets(env: Environment) -> tuple[str, ...]:
    found = env.names("SESSION_SECRET")
    if not found:
        raise SettingsError("SESSION_SECRET is not set; give it a secret, or several with commas between them")
    return found


def read(env: Environment) -> Settings:
    """Read the backend's settings; raises SettingsError naming the variable."""
    return Settings(
        port=env.integer("PORT", at_least=1),
        stores=stores(env),
        pool=Pool(env.integer("DB_POOL_MAX", at_least=1), env.seconds("DB_POOL_WAIT_S")),
        redis_answer_s=env.seconds("REDIS_ANSWER_S"),
        job_backoff_ms=env.integer("JOB_BACKOFF_MS", at_least=1),
        limits=Limits(
            per_minute=env.integer("RATE_LIMIT_PER_MINUTE", at_least=1),
            uploads_per_minute=env.integer("RATE_LIMIT_UPLOADS_PER_MINUTE", at_least=1),
            upload_bytes=env.integer("UPLOAD_MAX_MB", at_least=1) * MIB,
            quota_bytes=env.integer("STORAGE_QUOTA_MB", at_least=1) * MIB,
            max_waiting=env.integer("QUEUE_MAX_WAITING"),
        ),
        sign_in=SignIn(
            issuer=env.text("OIDC_ISSUER"),
            client_id=env.text("OIDC_CLIENT_ID"),
            client_secret=env.text("OIDC_CLIENT_SECRET"),
            session_secrets=_session_secrets(env),
            session_ttl_s=env.integer("SESSION_TTL_S", at_least=1),
            admin_emails=env.names("ADMIN_EMAILS"),
            max_failures=env.integer("SIGN_IN_MAX_FAILURES", at_least=1),
            block_s=env.integer("SIGN_IN_BLOCK_S", at_least=1),
        ),
        trusted_proxies=env.networks("TRUSTED_PROXIES"),
    )
