"""A system under check: where its parts are, and the limits that its answers have to meet."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Final, Self
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from drills.common.address_secrets import (
    password_in,
    secrets_in_path,
    secrets_in_query,
    shown,
    spellings_in_dsn,
    token_in,
)
from drills.common.endpoint import Endpoint, endpoints_in
from drills.common.redaction import masked

HTTP: Final = "an HTTP address"
DSN: Final = "must look like postgresql://user:password@host:port/database"
ENCODED: Final = "an @, /, ? or # in a user or password is written as %40, %2F, %3F or %23."
_BLANK: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f]")
LARGEST: Final = 1e6
"""What the clocks of sockets and of threads take for sure, in seconds; a longer wait has no use."""
PAIR: Final = 2
SECRET: Final = "a secret as a whole"  # noqa: S105  (a mark of a field, no secret itself)


class TargetError(Exception):
    """A target that cannot be used; the text is one sentence for the person who wrote it, without secrets."""


def _refused(about: ValidationInfo, sentence: str) -> TargetError:
    return TargetError(f"{about.data.get('name', 'target')}: {about.field_name} {sentence}")


def _address(value: object, about: ValidationInfo, *schemes: str) -> str | None:
    if value is None and about.field_name != "front_url":
        return None
    wanted = f"must look like {schemes[0]}://host:port"
    if value == "":
        raise _refused(about, "must not be empty; correct it or leave the key out.")
    if not isinstance(value, str):
        raise _refused(about, f"{wanted}, but it is a {type(value).__name__}; put the address in quotes.")
    if _BLANK.search(value):
        raise _refused(about, f"{wanted}, without blanks and control characters; {ENCODED}")
    try:
        parts = urlsplit(value)
        fine = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
        (parts.hostname or "").encode("idna")  # the resolver does, and raises for an empty label or a long one
    except ValueError:
        fine = False
    if not fine:
        seen = "something else" if about.field_name == "webhook_url" else repr(shown(value))
        raise _refused(about, f"{wanted}, but it is {seen}; correct that address.")
    if about.field_name != "webhook_url" and "@" in value.partition("://")[2].partition(parts.netloc)[2]:
        raise _refused(about, f"{wanted}; {ENCODED}")
    return parts.scheme + value[len(parts.scheme) :]  # a scheme in capitals is the same one


def _http(value: object, about: ValidationInfo) -> str | None:
    found = _address(value, about, "http", "https")
    return None if found is None else found.rstrip("/")


def _redis(value: object, about: ValidationInfo) -> str | None:
    return _address(value, about, "redis", "rediss")


def _engine(value: object, about: ValidationInfo) -> str | None:
    """Return where an engine is: an address where a password may stand, else the path of a socket as it is."""
    text = _text(value, about)
    return text if text is None or "@" not in text else _address(text, about, "tcp", "http", "https", "ssh")


def _dsn(value: object, about: ValidationInfo) -> str | None:
    if isinstance(value, str) and ("\0" in value or ("://" in value and _BLANK.search(value))):
        raise _refused(about, f"{DSN}, without blanks and control characters; {ENCODED}")
    try:
        found = conninfo_to_dict(value) if isinstance(value, str) else {}
        if "://" in str(value) and any("@" in str(found.get(key)) for key in ("host", "port", "dbname")):
            raise _refused(about, f"{DSN}; {ENCODED}")
        if value is None or (isinstance(value, str) and found):
            return value
    except ProgrammingError:
        pass  # its text repeats the DSN, password included
    raise _refused(about, f"{DSN}; correct it.")


def _above_zero(value: object, about: ValidationInfo) -> float | None:
    if value is None and about.field_name == "answer_s":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= LARGEST:
        unit = "seconds" if str(about.field_name).endswith("_s") else "days"
        raise _refused(about, f"must be a number of {unit} above 0 and below a million, but it is {value!r}.")
    return value


def _text(value: object, about: ValidationInfo) -> str | None:
    if value is None and about.field_name != "name":
        return None
    if isinstance(value, str) and not value.strip():
        raise _refused(about, "must not be empty; correct it or leave the key out.")
    if not isinstance(value, str):
        raise _refused(about, f"must be a text, but it is a {type(value).__name__}; put it in quotes.")
    return value


def _path(value: object, about: ValidationInfo) -> str | None:
    text = _text(value, about)
    return None if text is None else os.path.expanduser(text)  # noqa: PTH111 - an unknown user is left as it is


def _flag(value: object, about: ValidationInfo) -> bool:
    if not isinstance(value, bool):
        raise _refused(about, f"must be true or false, but it is {value!r}.")
    return value


def _count(value: object, about: ValidationInfo) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise _refused(about, f"must be a whole number of at least 1, but it is {value!r}.")
    return value


def _names(value: object, about: ValidationInfo) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(title, str) and title for title in value):
        raise _refused(about, f'must be a list of titles, such as ["Overview"], but it is {value!r}.')
    return tuple(value)


def _labels(value: object, about: ValidationInfo) -> tuple[tuple[str, str], ...]:
    pairs = value.items() if isinstance(value, dict) else value
    if not isinstance(pairs, Iterable) or isinstance(pairs, str):
        raise _refused(about, f'must be a table of labels, such as {{ job = "backend" }}, but it is {value!r}.')
    found = tuple(tuple(pair) if isinstance(pair, list | tuple) else () for pair in pairs)
    if not all(len(pair) == PAIR and all(isinstance(text, str) and text for text in pair) for pair in found):
        raise _refused(about, f'must be a table of texts, such as {{ job = "backend" }}, but it is {value!r}.')
    return found


def _endpoints(value: object, about: ValidationInfo) -> tuple[Endpoint, ...]:
    try:
        found = endpoints_in(value)
    except ValueError as error:
        raise _refused(about, str(error)) from None
    for one in found:
        _address(one.url or about.data.get("front_url"), about, "http", "https")
    return found


HttpUrl = Annotated[str | None, BeforeValidator(_http), HTTP]
Text = Annotated[str | None, BeforeValidator(_text)]
SecretText = Annotated[str | None, BeforeValidator(_text), SECRET]
Flag = Annotated[bool, BeforeValidator(_flag)]
Count = Annotated[int | None, BeforeValidator(_count)]
Limit = Annotated[float, BeforeValidator(_above_zero)]
Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
Labels = Annotated[tuple[tuple[str, str], ...], BeforeValidator(_labels)]


class Target(BaseModel):
    """Addresses and limits of one system under check. None means: not given, so not checked.

    A suite adds in a subclass what only its system has; the `title` of a field is its name in messages. `runbook` is
    the document of this system, where it is not the suite's; `contract` is one of those that the suite knows, None for
    a system of which no route is assumed; `without` are the keys of parts that it does not have, told apart from those
    that are not given. `endpoints` are requests that it answers, `openapi` is the file that describes more of them.
    `deadline_s` (seconds) bounds one job from its request to its end, `timeout_s` (seconds) a single request.
    `tls_url` is the front door over TLS where front_url is not, `ca_file` the certificate (PEM) that signed its own,
    None for the usual ones. `engine_url` is the Docker engine that runs the containers of `project`. `dashboards` are
    Grafana's, by title; `rule_groups` and `rule_labels` say which rules and alerts of a shared Prometheus are of this
    system, all where they are left out; `tables` are what the application needs in its database. `answer_s` (seconds)
    is when an answer is slow, None for the runbook's own target; `certificate_days` how long a certificate has to be
    valid at least.
    `sandbox` is the engine of the sandbox that holds the whole system, None elsewhere; no file can give it.
    Raises TargetError for an address that cannot be one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    sign_out_path: ClassVar[str | None] = None
    """Where a POST ends a session of the system; None for a system without a sign-in."""
    contracts: ClassVar[tuple[str, ...]] = ()
    """The contracts that a target of this suite may keep, each of which asks for more than the one before it."""

    name: Annotated[str, BeforeValidator(_text)]
    runbook: Annotated[str | None, BeforeValidator(_path)] = None
    without: Names = ()
    contract: Text = None
    front_url: Annotated[str, BeforeValidator(_http), HTTP, Field(title="front URL")]
    endpoints: Annotated[tuple[Endpoint, ...], BeforeValidator(_endpoints)] = ()
    openapi: Annotated[str | None, BeforeValidator(_path)] = None
    store_url: HttpUrl = Field(default=None, title="object store URL")
    prometheus_url: HttpUrl = Field(default=None, title="Prometheus URL")
    alertmanager_url: HttpUrl = Field(default=None, title="Alertmanager URL")
    rule_groups: Names = ()
    rule_labels: Labels = ()
    postgres_dsn: Annotated[str | None, BeforeValidator(_dsn)] = Field(default=None, title="Postgres DSN")
    redis_url: Annotated[str | None, BeforeValidator(_redis)] = Field(default=None, title="Redis URL")
    tls_url: HttpUrl = Field(default=None, title="front door over TLS")
    ca_file: Annotated[str | None, BeforeValidator(_path)] = None
    grafana_url: HttpUrl = Field(default=None, title="Grafana URL")
    grafana_token: SecretText = None
    dashboards: Names = ()
    tables: Names = Field(default=(), title="tables")
    s3_access_key: SecretText = Field(default=None, title="access key of the object store")
    s3_secret_key: SecretText = Field(default=None, title="secret key of the object store")
    s3_bucket: Text = Field(default=None, title="bucket of the object store")
    engine_url: Annotated[str | None, BeforeValidator(_engine)] = Field(default=None, title="Docker engine")
    project: Text = Field(default=None, title="Compose project")
    webhook_url: HttpUrl = Field(default=None, title="webhook URL")
    queue: Text = Field(default=None, title="BullMQ queue")
    session_prefix: Text = Field(default=None, title="prefix of the session keys")
    sandbox: Text = Field(default=None, title="sandbox of its own")
    answer_s: Annotated[float | None, BeforeValidator(_above_zero)] = None
    certificate_days: Limit = 14.0
    deadline_s: Limit = 60.0
    timeout_s: Limit = 5.0

    @model_validator(mode="after")
    def _known_contract(self) -> Self:
        if self.contract not in (None, *self.contracts):
            known = " or ".join(map(repr, self.contracts)) or "left out, this suite has none"
            raise TargetError(f"{self.name}: contract must be {known}, but it is {self.contract!r}.")
        return self

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Return the system behind the front door `url`; nothing is known of its other parts.

        Raises TargetError when `url` is not http(s)://host[:port].
        """
        try:
            name = urlsplit(url).netloc.rpartition("@")[2]
        except ValueError:
            name = ""  # the check of front_url says what is wrong
        return cls(name=name or "target", front_url=url)

    @classmethod
    def title_of(cls, key: str) -> str:
        """Return the name of a field in messages."""
        field = cls.model_fields.get(key)
        return (field and field.title) or key

    @property
    def contract_level(self) -> int:
        """The place of the target's contract among those of its suite, from 1 on; 0 for none."""
        return 0 if self.contract is None else 1 + self.contracts.index(self.contract)

    @property
    def page(self) -> str:
        """The address of the page that users open."""
        return self.front_url

    @property
    def own_urls(self) -> tuple[str, ...]:
        """The addresses at which the system itself answers a browser."""
        return (self.front_url,)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Passwords and tokens, as written and decoded, longest first; for redaction only."""
        found: set[str | None] = {getattr(self, key) for key in _marked(type(self), SECRET)}
        for key in (*_marked(type(self), HTTP), "redis_url", "engine_url"):
            url = getattr(self, key)
            found |= {password_in(url), token_in(url), *secrets_in_query(url)}
        if self.postgres_dsn is not None:
            found |= {password_in(self.postgres_dsn), *spellings_in_dsn(self.postgres_dsn)}
        found |= {secret for one in self.endpoints for secret in one.secrets}
        found |= secrets_in_path(self.webhook_url) | set(map(password_in, getproxies().values()))
        plain = {text for text in found if text}
        plain |= {unquote(text) for text in plain}
        return tuple(sorted(plain | {" ".join(text.split()) for text in plain} - {""}, key=len, reverse=True))

    def redact(self, text: str) -> str:
        """Return `text` with every secret of this target masked, however it is written."""
        return masked(text, self.secrets)

    def changed(self, **values: Any) -> Self:
        """Return this target with other *values*, checked like its own; raises TargetError."""
        return type(self)(**{**{key: getattr(self, key) for key in type(self).model_fields}, **values})

    def __repr_args__(self) -> list[tuple[str | None, Any]]:
        return [
            (key, self.redact(value) if isinstance(value, str) else value) for key, value in super().__repr_args__()
        ]


def with_webhook(target: Target, url: str | None) -> Target:
    """Return *target* with another webhook, a secret like its own; None changes nothing."""
    return target if url is None else target.changed(webhook_url=url)


def _marked(target_type: type[Target], mark: str) -> list[str]:
    """Name the fields that carry *mark*, those of a suite included."""
    return [key for key, field in target_type.model_fields.items() if mark in field.metadata]
