"""The system under test: the running stack, its target for clients, and the runbook it has to prove."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from redis import Redis

from drills.checks.context import CheckContext
from drills.checks.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drills.drill.suite import Suite
    from drills.runbook import Runbook
    from drills.sandbox.project import Stack

TIMEOUT_S = 5.0
URL_ROLES = {
    "backend_url": "backend",
    "worker_url": "worker",
    "store_url": "object_store",
    "prometheus_url": "metrics",
    "alertmanager_url": "alerts",
}
"""The fields of a target that are addresses over HTTP, and the roles of the descriptor that answer there."""


@dataclass(frozen=True)
class System:
    """A stack ready to be drilled. *time_scale* divides the runbook's windows; *say* tells the person watching."""

    stack: Stack
    runbook: Runbook
    time_scale: float
    redact: Callable[[str], str]
    say: Callable[[str], None]
    suite: Suite

    @property
    def target(self) -> Target:
        """The stack as its clients see it."""
        stack, descriptor = self.stack, self.stack.descriptor
        urls: dict[str, Any] = {field: stack.url(role) for field, role in URL_ROLES.items() if role in descriptor.ports}
        return Target(
            name=f"{descriptor.name} stack in the sandbox",
            front_url=stack.url("gateway"),
            engine_url=f"unix://{stack.engine_socket}",
            project=descriptor.project,
            **urls,
            **_stores(stack),
            **_sign_in(stack),
        )

    @property
    def context(self) -> CheckContext:
        """The stack as checks look at it."""
        return CheckContext(self.target, self.runbook, expressions=self.stack.descriptor.expressions)

    def service(self, role: str) -> str:
        """Return the name of the service that plays *role* in the stack."""
        return self.stack.descriptor.service(role)

    @contextmanager
    def redis(self) -> Iterator[Redis]:
        """Yield a client of the stack's Redis."""
        with Redis.from_url(self.stack.redis_url, socket_timeout=TIMEOUT_S) as client:
            yield client

    def count_rows(self, query: str, *values: object) -> int:
        """Run a counting query in the stack's Postgres, over a connection of our own."""
        with psycopg.connect(self.stack.postgres_dsn, connect_timeout=int(TIMEOUT_S), autocommit=True) as connection:
            row = connection.execute(query.encode(), values).fetchone()
        return int(row[0]) if row else 0


def _stores(stack: Stack) -> dict[str, Any]:
    """Return what clients need of the stack's stores, of those it has."""
    descriptor = stack.descriptor
    fields: dict[str, Any] = {}
    if descriptor.database_table:
        fields["postgres_dsn"] = stack.postgres_dsn
    if "cache" in descriptor.ports:
        fields["redis_url"] = stack.redis_url
    if descriptor.queue_table:
        fields["queue"] = descriptor.queue
    if descriptor.objects_table:
        access_key, secret_key = stack.object_store_keys
        bucket = descriptor.objects.bucket
        fields |= {"s3_access_key": access_key, "s3_secret_key": secret_key, "s3_bucket": bucket}
    return fields


def _sign_in(stack: Stack) -> dict[str, Any]:
    """Return where users sign in, and what they trust there, of what the stack has."""
    descriptor = stack.descriptor
    fields: dict[str, Any] = {}
    if "gateway_tls" in descriptor.ports:
        fields["tls_url"] = stack.tls_url
    if descriptor.certificate:
        fields["ca_file"] = str(stack.ca_file)
    if descriptor.identity:
        issuer, email = descriptor.identity.issuer, descriptor.identity.email
        fields |= {"oidc_issuer": f"{stack.url('gateway')}{issuer}", "sign_in_email": email}
    return fields
