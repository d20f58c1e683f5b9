"""A stack in a sandbox as a host of mutants: files are put into it and loaded, images stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.mutants.plan import RefusedError
from drills.sandbox.errors import SandboxError
from drills.sandbox.stack import UP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from drills.checks.context import CheckContext
    from drills.mutants.pool import Mutant
    from drills.sandbox.stack import Stack


class StackHost:
    """Puts mutants into *stack*; *texts* are its files as shipped, by their path."""

    def __init__(self, stack: Stack, context: CheckContext, texts: Mapping[str, str]) -> None:
        self._context = context
        self._stack = stack
        self._texts = texts

    @property
    def context(self) -> CheckContext:
        """The context of checks that look at the stack."""
        return self._context

    def put(self, mutant: Mutant) -> None:
        """Have the stack run with *mutant*; raises RefusedError, or SandboxError."""
        text = self._texts[mutant.file]
        mutant.source.put(self._stack, mutant.file, mutant.change.applied(text))

    def mend(self, mutant: Mutant) -> None:
        """Have the stack run with the file as shipped; raises SandboxError."""
        try:
            mutant.source.put(self._stack, mutant.file, self._texts[mutant.file])
        except RefusedError as refused:
            raise SandboxError(f"{mutant.file} as shipped was not loaded again: {refused}") from refused

    def heal(self) -> None:
        """Heal the stack by the lines of its descriptor, in new containers, which have the sources of their images.

        Where a mutant has left stores on which these lines fail, the stores are made anew as well. Raises SandboxError.
        """
        sandbox = self._stack.sandbox
        sandbox.run("docker ps -aq | xargs -r docker rm -f")
        try:
            self._stack.heal()
        except SandboxError:
            sandbox.run("docker-compose down --volumes --timeout 0")
            sandbox.check_output(UP, limit_s=self._stack.descriptor.boot_deadline_s)
            self._stack.heal()
