"""One thing that is broken on purpose, and the checks that have to see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.checks import Target

ECHOES = frozenset(
    {
        "quiet alerts",
        "alertmanager alerts",
        "prometheus targets",
        "error rate",
        "response time p95",
        "queue depth",
        "database connections",
        "cpu usage",
        "memory usage",
    }
)
"""The checks that read the monitoring: they turn red later than the cause, and green later."""


def unchanged(target: Target) -> Target:
    """Return the target as it is."""
    return target


@dataclass(frozen=True)
class Mutation:
    """*lines* break something, typed in the project folder of the sandbox; *undo* mends it again.

    *red* are the checks that have to fail, and no other may; checks that depend on one of them are not tried and do
    not count, nor do ECHOES that are not named. *breaks* are the clauses of the contract that are not kept meanwhile.
    *retarget* changes what the checks are told of the system.
    """

    name: str
    red: frozenset[str]
    breaks: tuple[str, ...]
    lines: tuple[str, ...] = ()
    undo: tuple[str, ...] = ()
    retarget: Callable[[Target], Target] = unchanged


@dataclass(frozen=True)
class Proof:
    """What a mutation did: which checks failed, which were not tried for that, and after how many seconds."""

    mutation: Mutation
    red: frozenset[str]
    blocked: frozenset[str]
    seconds: float
    seen: tuple[str, ...] = ()

    @property
    def missed(self) -> list[str]:
        """The checks that should have failed and did not."""
        return sorted(self.mutation.red - self.red)

    @property
    def surplus(self) -> list[str]:
        """The checks that failed for no reason of this mutation's."""
        return sorted(self.red - self.mutation.red)
