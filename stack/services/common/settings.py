"""Settings from the environment. A missing or unreadable variable ends the service with one sentence, exit code 2."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, NoReturn, TypeVar

from psycopg.conninfo import make_conninfo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")
Network = IPv4Network | IPv6Network


class SettingsError(ValueError):
    """A variable of the environment is missing or cannot be read; the text names it and says what is expected."""


@dataclass(frozen=True)
class Environment:
    """Typed reads from a mapping of variables; every method raises SettingsError with the variable's name."""

    values: Mapping[str, str]

    def text(self, name: str) -> str:
        """Return the variable, which must be set and not empty."""
        value = self.values.get(name, "")
        if not value:
            raise SettingsError(f"{name} is not set; add it to .env and start the service again")
        return value

    def integer(self, name: str, *, at_least: int = 0) -> int:
        """Return the variable as a whole number of at least *at_least*."""
        value = self.text(name)
        if not value.isdecimal() or int(value) < at_least:
            raise SettingsError(f"{name} must be a whole number of at least {at_least}, not {value!r}")
        return int(value)

    def seconds(self, name: str) -> float:
        """Return the variable as a positive number of seconds."""
        value = self.text(name)
        try:
            number = float(value)
        except ValueError:
            number = 0.0
        if not 0 < number < float("inf"):
            raise SettingsError(f"{name} must be a positive number of seconds, not {value!r}")
        return number

    def names(self, name: str) -> tuple[str, ...]:
        """Return the comma-separated variable, which may be empty."""
        return tuple(part.strip() for part in self.values.get(name, "").split(",") if part.strip())

    def networks(self, name: str) -> tuple[Network, ...]:
        """Return the comma-separated networks (CIDR) of the variable, which may be empty."""
        try:
            return tuple(ip_network(part) for part in self.names(name))
        except ValueError as error:
            raise SettingsError(f"{name} must list networks such as 10.0.0.0/8: {error}") from error


@dataclass(frozen=True)
class Database:
    """How to reach PostgreSQL."""

    host: str
    port: int
    name: str
    user: str
    password: str
    statement_timeout_s: float

    def conninfo(self, application_name: str) -> str:
        """Return libpq's connection string for connections named *application_name* in pg_stat_activity."""
        return make_conninfo(
            host=self.host,
            port=self.port,
            dbname=self.name,
            user=self.user,
            password=self.password,
            connect_timeout=2,  # the smallest libpq takes, in seconds
            application_name=application_name,
            options=f"-c statement_timeout={round(self.statement_timeout_s * 1000)}",
        )


@dataclass(frozen=True)
class ObjectStore:
    """How to reach the S3 server, and the bucket of the uploads."""

    endpoint: str
    access_key: str
    secret_key: str
    bucket: str


@dataclass(frozen=True)
class Stores:
    """The three stores that backend and worker share."""

    database: Database
    redis_host: str
    redis_port: int
    object_store: ObjectStore


def stores(env: Environment) -> Stores:
    """Read where PostgreSQL, Redis and the object store are."""
    return Stores(
        database=Database(
            host=env.text("POSTGRES_HOST"),
            port=env.integer("POSTGRES_PORT", at_least=1),
            name=env.text("POSTGRES_DB"),
            user=env.text("POSTGRES_USER"),
            password=env.text("POSTGRES_PASSWORD"),
            statement_timeout_s=env.seconds("DB_STATEMENT_TIMEOUT_S"),
        ),
        redis_host=env.text("REDIS_HOST"),
        redis_port=env.integer("REDIS_PORT", at_least=1),
        object_store=ObjectStore(
            endpoint=env.text("S3_ENDPOINT"),
            access_key=env.text("MINIO_ROOT_USER"),
            secret_key=env.text("MINIO_ROOT_PASSWORD"),
            bucket=env.text("S3_BUCKET"),
        ),
    )


def leave(message: str) -> NoReturn:
    """Print *message* to standard error and end the process with exit code 2."""
    print(message, file=sys.stderr)  # noqa: T201 — no logging is set up yet when settings cannot be read
    raise SystemExit(2)


def from_environment(read: Callable[[Environment], T]) -> T:
    """Return `read(environment)`, or end the process with one sentence when a variable is wrong."""
    try:
        return read(Environment(os.environ))
    except SettingsError as error:
        leave(f"settings: {error}")
