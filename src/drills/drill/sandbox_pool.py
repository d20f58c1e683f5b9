"""The pool of sandboxes: one with the stack is booted on first use, reused, and replaced when a drill spoiled it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.common.redaction import Redactor
from drills.common.waiting import WaitTimeout, wait_until
from drills.drill.observation.alert_view import AlertView
from drills.drill.system import System
from drills.runbook.rules import render
from drills.sandbox import descriptor, setup, stack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from drills.drill.suite import Suite
    from drills.runbook import Runbook

CALM_DEADLINE_S = 15.0


@dataclass(frozen=True)
class Options:
    """The options of a run; *time_scale* divides windows, *keep* leaves the sandbox running at the end."""

    runbook: Runbook
    descriptor: Path
    time_scale: float
    keep: bool
    suite: Suite


class SandboxPool:
    """Boots a system on first use and keeps it until it is replaced or closed."""

    def __init__(self, options: Options, say: Callable[[str], None]) -> None:
        self._options = options
        self._say = say
        self._open = ExitStack()
        self._system: System | None = None
        self.secrets: tuple[str, ...] = ()

    def system(self) -> System:
        """Return the running system, booted if need be; raises SandboxError with one sentence when it cannot be."""
        if self._system is None:
            self._system = self._boot()
        return self._system

    def replace(self) -> None:
        """Remove the sandbox; the next drill gets a new one."""
        self._system = None
        self._open.close()

    def close(self) -> None:
        """Remove the sandbox, or say how to enter it when it is to be kept."""
        if self._system and self._options.keep:
            container = self._system.stack.sandbox.get_wrapped_container().short_id
            self._say(f"kept: docker exec -it {container} bash   (front page {self._system.target.front_url})")
            self._say(f"when you are done: docker rm -f {container}")
        self.replace()

    def _boot(self) -> System:
        options = self._options
        about = descriptor.read(options.descriptor)
        prepared = setup.prepare(about)
        self._say(f"boot the {about.name} stack in a sandbox, windows divided by {options.time_scale:g}")
        running = self._open.enter_context(
            stack.running(
                about,
                prepared.sandbox_image,
                prepared.store,
                render(options.runbook, about.expressions, options.time_scale),
                time_scale=options.time_scale,
                kept=options.keep,
            )
        )
        self.secrets += running.secrets
        system = System(
            running, options.runbook, options.time_scale, Redactor(running.secrets).text, self._say, options.suite
        )
        await_calm(system.target.prometheus_url or "", self._say)
        return system


def await_calm(prometheus_url: str, say: Callable[[str], None]) -> None:
    """Wait until Prometheus has found the services, so that no alert is pending; say so where one stays active.

    Prometheus looks for services every 5 s. A container that a preparation replaces before that is not found until
    then, and its absence makes an alert fire.
    """
    view = AlertView(prometheus_url)
    try:
        wait_until(
            view.states,
            done=lambda states: states is not None and set(states.values()) == {"inactive"},
            deadline_s=CALM_DEADLINE_S,
            expected="no active alert",
            where=prometheus_url,
            next_step=f"open {prometheus_url}/alerts and see which alert is active",
        )
    except WaitTimeout as timeout:
        say(str(timeout))
    finally:
        view.close()
