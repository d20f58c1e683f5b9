"""The system under test: the running stack, its target for clients, and the runbook it has to prove."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from redis import Redis

from drills.checks.context import CheckContext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drills.checks.target import Target
    from drills.drill.suite import Suite
    from drills.runbook import Runbook
    from drills.runbook.model import Metric
    from drills.sandbox.stack import Stack

TIMEOUT_S = 5.0


@dataclass(frozen=True)
class System:
    """A stack ready to be drilled. *time_scale* divides the runbook's windows; *say* prints a line."""

    stack: Stack
    runbook: Runbook
    time_scale: float
    redact: Callable[[str], str]
    say: Callable[[str], None]
    suite: Suite

    @property
    def target(self) -> Target:
        """The stack as its clients see it."""
        return self.suite.target(self.stack)

    @property
    def key_metrics(self) -> tuple[Metric, ...]:
        """The key metrics of the runbook that can be measured in the stack."""
        measured = self.stack.descriptor.quantities
        return tuple(metric for metric in self.runbook.metrics if metric.quantity in measured)

    def series_of(self, metric: Metric) -> str:
        """Return the name of the series that the rules record of a key metric."""
        return self.stack.descriptor.expressions.series_of(metric)

    @property
    def context(self) -> CheckContext:
        """The context for checks of the stack."""
        return CheckContext(
            self.target, self.runbook, expressions=self.stack.descriptor.expressions, time_scale=self.time_scale
        )

    def service(self, role: str) -> str:
        """Return the name of the service that plays *role* in the stack."""
        return self.stack.descriptor.service(role)

    @contextmanager
    def redis(self) -> Iterator[Redis]:
        """Yield a client of the stack's Redis."""
        with Redis.from_url(self.stack.redis_url, socket_timeout=TIMEOUT_S) as client:
            yield client

    def count_rows(self, query: str, *values: object) -> int:
        """Run a counting query in the stack's Postgres, over a connection of its own."""
        with psycopg.connect(self.stack.postgres_dsn, connect_timeout=int(TIMEOUT_S), autocommit=True) as connection:
            row = connection.execute(query.encode(), values).fetchone()
        return int(row[0]) if row else 0
