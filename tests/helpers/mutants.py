"""Mutants, checks and a host made up for the tests of mutants; nothing of it needs an engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from drills.checks.definition import Check, CheckSuite
from drills.checks.result import CheckFailed, Skipped
from drills.mutants.plan import Language, RefusedError, Source
from drills.mutants.pool import Mutant, mutants_of
from drills.sandbox.errors import SandboxError
from tests.helpers.checking import context, target_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drills.checks.context import CheckContext
    from drills.checks.definition import CheckFunction

LIMITS = "LIMIT = 5\n\n\ndef is_free(used: int) -> bool:\n    return used < LIMIT\n"


def put_nothing(*_: Any) -> None:
    """Stand in for the way into a stack where there is none."""


def source(language: Language = Language.PYTHON, group: str = "paths") -> Source:
    return Source(group, ("*.py",), language, put_nothing)


def mutants(text: str = LIMITS, file: str = "limits.py", group: str = "paths") -> list[Mutant]:
    return list(mutants_of(source(group=group), {file: text}))


def check(name: str, function: CheckFunction, **about: Any) -> Check:
    return Check(name, CheckSuite.SMOKE, ("front_url",), "peace", "sleep", 2, None, function, **about)


@dataclass
class FakeHost:
    """A system that is a text: *text* is what it runs with, *done* what was asked of it; *refuse* and *fail* name ids.

    A mutant in *stays* is still there after it was mended.
    """

    text: str = LIMITS
    refuse: frozenset[str] = frozenset()
    fail: frozenset[str] = frozenset()
    stays: frozenset[str] = frozenset()
    heals: bool = True
    done: list[str] = field(default_factory=list)
    context: CheckContext = field(default_factory=lambda: context(target_at()))

    def put(self, mutant: Mutant) -> None:
        self.done.append("put")
        if mutant.id in self.refuse:
            raise RefusedError("no such file of Compose")
        if mutant.id in self.fail:
            raise SandboxError("docker cp failed")
        self.text = mutant.change.applied(LIMITS)

    def mend(self, mutant: Mutant) -> None:
        self.done.append("mend")
        if mutant.id not in self.stays:
            self.text = LIMITS

    def heal(self) -> None:
        self.done.append("heal")
        if not self.heals:
            raise SandboxError("it does not come up")
        self.text = LIMITS

    def check(self, name: str, sees: Callable[[str], bool], **about: Any) -> Check:
        """Return a check that fails while *sees* says so of what the system runs with."""

        def looked(_: CheckContext) -> str:
            if sees(self.text):
                raise CheckFailed("something else")
            return "all well"

        return check(name, looked, **about)


def never(_: str) -> bool:
    return False


def left_out(_: CheckContext) -> str:
    raise Skipped("nothing to look at")


def mistaken(_: CheckContext) -> str:
    raise KeyError("a mistake of the check's own")


def one(found: Sequence[Mutant], now: str) -> Mutant:
    """Return the mutant after which the changed line says *now*."""
    return next(mutant for mutant in found if mutant.change.now == now)
