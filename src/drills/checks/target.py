"""Where the parts of one system are, and what is promised of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from drills.common.redaction import MASK, masked

QUEUE: Final = "pdf-processing"
BUCKET: Final = "pdf-uploads"
CERTIFICATE_DAYS: Final = 14.0
DEADLINE_S: Final = 60.0  # the contract's p95 of "upload until completed"
TIMEOUT_S: Final = 5.0  # the contract: /health answers within this, whatever is frozen

SHORTEST_TOKEN: Final = 12
_SECRET_NAME: Final = re.compile("pass|token|key|secret|sig", re.IGNORECASE)

HTTP_FIELDS: Final = (
    "front_url",
    "backend_url",
    "worker_url",
    "store_url",
    "prometheus_url",
    "alertmanager_url",
    "tls_url",
    "grafana_url",
    "oidc_issuer",
    "webhook_url",
)
SECRET_FIELDS: Final = ("s3_access_key", "s3_secret_key", "grafana_token", "webhook_url")
TEXT_FIELDS: Final = (
    "name",
    "ca_file",
    "grafana_token",
    "s3_access_key",
    "s3_secret_key",
    "s3_bucket",
    "engine_url",
    "project",
    "queue",
    "sign_in_email",
)
NAMES: Final = {
    "front_url": "front URL",
    "backend_url": "backend URL",
    "worker_url": "worker URL",
    "store_url": "object store URL",
    "prometheus_url": "Prometheus URL",
    "alertmanager_url": "Alertmanager URL",
    "postgres_dsn": "Postgres DSN",
    "redis_url": "Redis URL",
    "sign_in_email": "e-mail address for signing in",
    "tls_url": "front door over TLS",
    "grafana_url": "Grafana URL",
    "oidc_issuer": "OIDC issuer",
    "s3_access_key": "access key of the object store",
    "s3_secret_key": "secret key of the object store",
    "engine_url": "Docker engine",
    "project": "Compose project",
    "webhook_url": "webhook URL",
}


class TargetError(ValueError):
    """A target that cannot be used; the text is one sentence for the person who wrote it, free of secrets."""


@dataclass(frozen=True, repr=False)
class Target:
    """Addresses and limits of one system under check. None means: not given, so not checked.

    `deadline_s` (seconds) bounds upload-until-completed, `timeout_s` (seconds) a single request.
    `sign_in_email` is the account with which a sign-in without a human succeeds. `tls_url` is the front door over TLS
    where front_url is not, `ca_file` the certificate (PEM) that signed its own, None for the usual ones. `engine_url`
    is the Docker engine that runs the containers of `project`. `dashboards` are Grafana's, by title. `answer_s`
    (seconds) is when an answer is slow, None for the runbook's own target; `certificate_days` how long a certificate
    has to be valid at least.
    Raises TargetError for an address that cannot be one.
    """

    name: str
    front_url: str
    backend_url: str | None = None
    worker_url: str | None = None
    store_url: str | None = None
    prometheus_url: str | None = None
    alertmanager_url: str | None = None
    postgres_dsn: str | None = None
    redis_url: str | None = None
    sign_in_email: str | None = None
    tls_url: str | None = None
    ca_file: str | None = None
    grafana_url: str | None = None
    grafana_token: str | None = None
    dashboards: tuple[str, ...] = ()
    oidc_issuer: str | None = None
    s3_access_key: str | None = None
    s3_secret_key: str | None = None
    s3_bucket: str = BUCKET
    engine_url: str | None = None
    project: str | None = None
    webhook_url: str | None = None
    queue: str = QUEUE
    answer_s: float | None = None
    certificate_days: float = CERTIFICATE_DAYS
    deadline_s: float = DEADLINE_S
    timeout_s: float = TIMEOUT_S

    def __post_init__(self) -> None:
        for key in HTTP_FIELDS:
            value = getattr(self, key)
            if value is not None:
                object.__setattr__(self, key, _address(self.name, key, value, ("http", "https")).rstrip("/"))
        if self.redis_url is not None:
            _address(self.name, "redis_url", self.redis_url, ("redis", "rediss"))
        if self.postgres_dsn is not None:
            _conninfo(self.name, self.postgres_dsn)
        for key in ("deadline_s", "timeout_s", "answer_s"):
            if getattr(self, key) is not None:
                _above_zero(self.name, key, getattr(self, key), "seconds")
        _above_zero(self.name, "certificate_days", self.certificate_days, "days")
        for key in TEXT_FIELDS:
            _text(self.name, key, getattr(self, key))
        object.__setattr__(self, "dashboards", _titles(self.name, self.dashboards))

    @classmethod
    def from_url(cls, url: str) -> Target:
        """Return the system behind the front door `url`; nothing is known of its other parts.

        Raises TargetError when `url` is not http(s)://host[:port].
        """
        return cls(name=urlsplit(url).netloc.rpartition("@")[2] or "target", front_url=url)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Passwords and tokens, as written and decoded, longest first; for redaction only."""
        found: set[str | None] = {getattr(self, key) for key in SECRET_FIELDS if key != "webhook_url"}
        for key in (*HTTP_FIELDS, "redis_url"):
            url = getattr(self, key)
            found |= {_password(url), *_query_secrets(url)}
        if self.postgres_dsn is not None:
            found |= {_password(self.postgres_dsn), _dsn_password(self.postgres_dsn)}
        found |= _path_secrets(self.webhook_url)
        plain = {text for text in found if text}
        return tuple(sorted(plain | {unquote(text) for text in plain}, key=len, reverse=True))

    def redact(self, text: str) -> str:
        """Return `text` with every secret of this target masked, however it is written."""
        return masked(text, self.secrets)

    def __repr__(self) -> str:
        shown = ", ".join(f"{field.name}={getattr(self, field.name)!r}" for field in fields(self))
        return self.redact(f"Target({shown})")


def with_webhook(target: Target, url: str | None) -> Target:
    """Return *target* with another webhook, a secret like its own; None changes nothing."""
    return target if url is None else replace(target, webhook_url=url)


def _address(target: str, key: str, value: object, schemes: tuple[str, ...]) -> str:
    wanted = f"{target}: {key} must look like {schemes[0]}://host:port"
    if not isinstance(value, str):
        raise TargetError(f"{wanted}, but it is a {type(value).__name__}; put the address in quotes.")
    try:
        parts = urlsplit(value)
        fine = parts.scheme in schemes and parts.hostname is not None and parts.port != 0
    except ValueError:
        fine = False
    if not fine:
        seen = "something else" if key in SECRET_FIELDS else repr(shown(value))
        raise TargetError(f"{wanted}, but it is {seen}; correct that address.")
    return value


def _conninfo(target: str, dsn: object) -> None:
    try:
        if isinstance(dsn, str) and conninfo_to_dict(dsn):
            return
    except ProgrammingError:
        pass  # its text repeats the DSN, password included
    raise TargetError(
        f"{target}: postgres_dsn must look like postgresql://user:password@host:port/database; correct it."
    )


def _above_zero(target: str, key: str, value: object, unit: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise TargetError(f"{target}: {key} must be a number of {unit} above 0, but it is {value!r}; correct it.")


def _text(target: str, key: str, value: object) -> None:
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise TargetError(f"{target}: {key} must be a text, but it is a {type(value).__name__}; put it in quotes.")


def _titles(target: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) and one for one in value):
        raise TargetError(f'{target}: dashboards must be a list of titles, such as ["Overview"], but it is {value!r}.')
    return tuple(value)


def shown(url: str) -> str:
    """Return `url` with whatever stands before an @ masked, even when it is no valid address."""
    head, at, tail = url.rpartition("@")
    if not at:
        return url
    try:
        parts = urlsplit(url)
        netloc = f"{parts.username or ''}:{MASK}@{parts.netloc.rpartition('@')[2]}"
        return urlunsplit(parts._replace(netloc=netloc)) if parts.netloc else f"{MASK}@{tail}"
    except ValueError:
        return f"{head.partition('://')[0]}://{MASK}@{tail}"


def _password(url: str | None) -> str | None:
    try:
        return urlsplit(url).password if url and "://" in url else None
    except ValueError:
        return None


def _query_secrets(url: str | None) -> set[str]:
    """Return what a query calls a password, a token or a key."""
    try:
        return {value for name, value in parse_qsl(urlsplit(url or "").query) if _SECRET_NAME.search(name)}
    except ValueError:
        return set()


def _path_secrets(url: str | None) -> set[str | None]:
    """Return the path of a webhook, which is as good as a password, and the token in it: its longest part."""
    path = urlsplit(url or "").path
    token = max(path.split("/"), key=len)
    return {path if len(path) > 1 else None, token if len(token) >= SHORTEST_TOKEN else None}


def _dsn_password(dsn: str) -> str | None:
    password = conninfo_to_dict(dsn).get("password")
    return None if password is None else str(password)
