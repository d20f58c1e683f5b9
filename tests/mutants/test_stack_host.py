"""A stack is changed by the function of the source, mended with the shipped text, and healed in new containers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from drills.mutants.plan import Language, RefusedError, Source
from drills.mutants.pool import mutants_of
from drills.mutants.stack_host import StackHost
from drills.sandbox.errors import SandboxError
from drills.sandbox.stack import UP
from tests.helpers.checking import context, target_at
from tests.helpers.mutants import LIMITS, one

if TYPE_CHECKING:
    from drills.sandbox.stack import Stack


class FakeStack:
    """Notes what is done to it; the first *failing* healings fail."""

    descriptor = SimpleNamespace(boot_deadline_s=1.0)

    def __init__(self, failing: int = 0) -> None:
        self.failing = failing
        self.done: list[str] = []
        self.sandbox = SimpleNamespace(run=self.done.append, check_output=lambda line, **_: self.done.append(line))

    def heal(self) -> None:
        self.done.append("heal")
        if self.done.count("heal") <= self.failing:
            raise SandboxError("there is no table to empty")


def host(stack: FakeStack) -> StackHost:
    return StackHost(cast("Stack", stack), context(target_at()), {"limits.py": LIMITS})


def test_mutant_is_put_in_and_the_shipped_text_ends_it() -> None:
    put: list[tuple[str, str]] = []

    def note(_: Any, file: str, text: str) -> None:
        put.append((file, text))

    mutant = one(list(mutants_of(Source("x", ("*.py",), Language.PYTHON, note), {"limits.py": LIMITS})), "LIMIT = 6")
    changed = host(FakeStack())
    changed.put(mutant)
    changed.mend(mutant)
    assert put == [("limits.py", LIMITS.replace("5", "6")), ("limits.py", LIMITS)]


def test_shipped_text_that_is_refused_is_no_refused_mutant() -> None:
    def refuse(*_: Any) -> None:
        raise RefusedError("another container has the port")

    (mutant, *_) = mutants_of(Source("x", ("*.py",), Language.PYTHON, refuse), {"limits.py": LIMITS})
    with pytest.raises(RefusedError):
        host(FakeStack()).put(mutant)
    with pytest.raises(SandboxError, match="not loaded again"):
        host(FakeStack()).mend(mutant)


def test_healing_replaces_every_container() -> None:
    stack = FakeStack()
    host(stack).heal()
    assert stack.done == ["docker ps -aq | xargs -r docker rm -f", "heal"]


def test_stores_are_made_anew_where_healing_fails_on_them() -> None:
    stack = FakeStack(failing=1)
    host(stack).heal()
    assert stack.done[2:] == ["docker-compose down --volumes --timeout 0", UP, "heal"]


def test_stack_that_does_not_heal_with_new_stores_is_told() -> None:
    with pytest.raises(SandboxError, match="no table"):
        host(FakeStack(failing=2)).heal()
