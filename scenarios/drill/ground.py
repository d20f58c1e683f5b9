"""The ground that drills are held on: a sandbox with the stack, booted once, reused, replaced when it was spoiled."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports.redact import Redactor
from runbook.rules import render
from scenarios.drill.site import Site
from stack import descriptor, setup, stack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runbook import Runbook


@dataclass(frozen=True)
class Options:
    """What a run was asked for; *time_scale* divides windows, *keep* leaves the sandbox running at the end."""

    book: Runbook
    descriptor: Path
    time_scale: float
    keep: bool


class Ground:
    """Boots on first use and keeps the site until it is replaced or closed."""

    def __init__(self, options: Options, say: Callable[[str], None]) -> None:
        self._options = options
        self._say = say
        self._open = ExitStack()
        self._site: Site | None = None
        self.secrets: tuple[str, ...] = ()

    def site(self) -> Site:
        """Return the running site, booted if need be; raises StackError with one sentence when it cannot be."""
        if self._site is None:
            self._site = self._boot()
        return self._site

    def replace(self) -> None:
        """Throw the sandbox away; the next drill gets a new one."""
        self._site = None
        self._open.close()

    def close(self) -> None:
        """Remove the sandbox, or say how to enter it when it is to be kept."""
        if self._site and self._options.keep:
            container = self._site.stack.sandbox.get_wrapped_container().short_id
            self._say(f"kept: docker exec -it {container} bash   (front page {self._site.target.front_url})")
            self._say(f"when you are done: docker rm -f {container}")
        self.replace()

    def _boot(self) -> Site:
        options = self._options
        about = descriptor.read(options.descriptor)
        prepared = setup.prepare(about)
        self._say(f"boot the {about.name} stack in a sandbox, windows divided by {options.time_scale:g}")
        running = self._open.enter_context(
            stack.running(
                about,
                prepared.sandbox_image,
                prepared.store,
                render(options.book, options.time_scale),
                time_scale=options.time_scale,
                kept=options.keep,
            )
        )
        self.secrets += running.secrets
        return Site(running, options.book, options.time_scale, Redactor(running.secrets).text, self._say)
