"""A shell without a terminal: each line is given to a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from drills.sandbox.shell import Shell

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.sandbox.terminal import Ran


class TypedShell(Shell):
    """Gives each line to *run*."""

    def __init__(self, run: Callable[..., Ran]) -> None:
        self._run = run

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def run(self, line: str, *, stdin: str | None = None, limit_s: float | None = None) -> Ran:
        return self._run(line, stdin=stdin, limit_s=limit_s)
