"""Try one mutant: put it into the running system, let the checks look, take it out again, and judge what they said."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from drills.checks.artifacts import Artifacts
from drills.checks.result import CheckResult, Outcome
from drills.checks.runner import CheckRunner
from drills.common.waiting import WaitTimeout, wait_until
from drills.mutants.plan import RefusedError
from drills.sandbox.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from drills.checks.context import CheckContext
    from drills.checks.definition import Check
    from drills.mutants.pool import Mutant

ECHO_S = 8.0
"""Seconds for the checks of the monitoring: a scrape, a rule's window at a time scale of 60, the end of a restart."""
LOOKS = 3
"""How often the checks look at most, while one fails and then passes, so that those that stand on it did not look."""
GREEN_S = 45.0
"""How long a healed system may take until every check passes."""
MONITORING = frozenset({"prometheus_url", "alertmanager_url"})
LOOKED = (Outcome.PASS, Outcome.DEGRADED, Outcome.FAIL)


class Fate(StrEnum):
    """What became of a mutant. The last two are no judgement: the system refused it, or something else went wrong."""

    KILLED = "killed"
    SURVIVED = "survived"
    EQUIVALENT = "equivalent"
    REFUSED = "refused"
    ERROR = "error"


JUDGED = (Fate.KILLED, Fate.SURVIVED, Fate.EQUIVALENT)


@dataclass(frozen=True)
class Trial:
    """What became of *mutant*: by which checks it was killed, why it was not judged, and after how many seconds."""

    mutant: Mutant
    fate: Fate
    by: tuple[str, ...] = ()
    why: str = ""
    seconds: float = 0.0


class Host(Protocol):
    """A running system that takes mutants."""

    @property
    def context(self) -> CheckContext:
        """The context of checks that look at the system."""

    def put(self, mutant: Mutant) -> None:
        """Have the system run with *mutant*; raises RefusedError, or SandboxError."""

    def mend(self, mutant: Mutant) -> None:
        """Have the system run without *mutant*, as it was before; raises SandboxError."""

    def heal(self) -> None:
        """Bring the whole system back to its start; raises SandboxError."""


class UnhealedError(RuntimeError):
    """The system is not green without any mutant, so nothing that is tried on it proves anything."""


@dataclass(frozen=True)
class Bench:
    """Tries mutants on *host*.

    *checks* look at once, *echoes* where those see nothing; *expected* are those that looked at the healthy system, and
    so have to look at a mutant before it can be said to survive. *echo_s* and *green_s* are seconds.
    """

    host: Host
    checks: Sequence[Check]
    echoes: Sequence[Check]
    expected: frozenset[str]
    echo_s: float = ECHO_S
    green_s: float = GREEN_S

    def attempt(self, mutant: Mutant) -> Trial:
        """Try *mutant*; the system is mended and verified in any case. Raises UnhealedError when it cannot be."""
        began = time.monotonic()
        try:
            fate, by, why = judged(self._seen(mutant), self.expected)
        except RefusedError as refused:
            fate, by, why = Fate.REFUSED, (), str(refused)
        except SandboxError as error:
            fate, by, why = Fate.ERROR, (), str(error)
            self.heal()
        self._require_mended(by)
        return Trial(mutant, fate, by, why, time.monotonic() - began)

    def _seen(self, mutant: Mutant) -> list[CheckResult]:
        """Return what the checks say while the system runs with *mutant*."""
        with ExitStack() as undo:
            # Checks that still wait for an answer get it from the mended system, so they are ended after it is.
            ended = undo.enter_context(ExitStack())
            undo.callback(self.host.mend, mutant)
            self.host.put(mutant)
            return self._look(ended)

    def _require_mended(self, by: Iterable[str]) -> None:
        """Return when the checks that saw the mutant, and the essential ones, pass; heals where they do not."""
        asked = [check for check in self.checks if check.essential or check.name in set(by)]
        try:
            self.require_green(asked)
        except WaitTimeout:
            self.heal()

    def heal_unless_green(self) -> None:
        """Return when every check passes, healed or not; raises UnhealedError."""
        try:
            self.require_green()
        except WaitTimeout:
            self.heal()

    def heal(self) -> None:
        """Heal the whole system and return when every check passes; raises UnhealedError."""
        try:
            self.host.heal()
            self.require_green()
        except (SandboxError, WaitTimeout) as error:
            raise UnhealedError(f"the system does not heal: {error}") from error

    def results(self, checks: Sequence[Check] | None = None) -> list[CheckResult]:
        """Return what the *checks* see now, all of them where none are given."""
        asked = [*self.checks, *self.echoes] if checks is None else checks
        with closing(CheckRunner(asked, self._context())) as runner:
            return runner.check_results()

    def require_green(self, checks: Sequence[Check] | None = None) -> None:
        """Return when none of the *checks* fails, of all where none are given; raises WaitTimeout."""
        wait_until(
            lambda: [str(result) for result in self.results(checks) if result.outcome in (Outcome.FAIL, Outcome.ERROR)],
            done=lambda failed: not failed,
            deadline_s=self.green_s,
            expected="every check green without a mutant",
            where=self.host.context.target.front_url,
            next_step="run these checks by themselves, and read what each saw",
        )

    def _context(self) -> CheckContext:
        """Return a context that knows nothing of what earlier checks left: the stores are emptied between trials."""
        return replace(self.host.context, artifacts=Artifacts())

    def _look(self, ended: ExitStack) -> list[CheckResult]:
        """Return results up to the first that fails a second time; what one that does not has blocked looks again."""
        for _ in range(LOOKS):
            results, steady = self._once(ended)
            if any(result.outcome is Outcome.FAIL for result in results):
                return results
            if steady:
                break
        return results + self._echoes()

    def _once(self, ended: ExitStack) -> tuple[list[CheckResult], bool]:
        """Return the results of one look, and whether every expected check looked and none failed and then passed."""
        context = self._context()
        runner = ended.enter_context(closing(CheckRunner(self.checks, context)))
        by_name = {check.name: check for check in self.checks}
        results: list[CheckResult] = []
        steady = True
        for result in runner.as_they_end():
            failed = result.outcome is Outcome.FAIL
            # A connection that breaks by chance is no kill.
            results.append(by_name[result.name](context) if failed else result)
            if results[-1].outcome is Outcome.FAIL:
                return results, True
            steady = steady and not failed
        return results, steady and not _missing(results, self.expected - {check.name for check in self.echoes})

    def _echoes(self) -> list[CheckResult]:
        """Return what the echoes say at the end of their time, however it began."""
        over = time.monotonic() + self.echo_s
        results: list[CheckResult] = []

        def failing() -> bool:
            results[:] = self.results(self.echoes)
            return any(result.outcome is Outcome.FAIL for result in results)

        with suppress(WaitTimeout):
            wait_until(
                failing,
                done=lambda red: not red and time.monotonic() >= over,
                deadline_s=2 * self.echo_s if self.echoes else 0,
                expected="the monitoring to be calm",
                where=self.host.context.target.front_url,
                next_step="compare its alerts with the mutant",
            )
        return results


def is_echo(check: Check) -> bool:
    """Say whether *check* looks by way of the monitoring: it sees a change late, and also sees a restart."""
    return bool({*check.needs} & MONITORING)


def judged(results: Sequence[CheckResult], expected: frozenset[str]) -> tuple[Fate, tuple[str, ...], str]:
    """Return what *results* say of a mutant, the checks that failed, and why nothing can be said.

    It survived only when every expected check has looked. A check that failed itself has seen nothing.
    """
    failed = tuple(sorted(result.name for result in results if result.outcome is Outcome.FAIL))
    if failed:
        return Fate.KILLED, failed, ""
    mistaken = [str(result) for result in results if result.outcome is Outcome.ERROR]
    if mistaken:
        return Fate.ERROR, (), f"a check itself failed: {mistaken[0]}"
    missing = _missing(results, expected)
    if missing:
        return Fate.ERROR, (), f"{len(missing)} of {len(expected)} checks did not look: {', '.join(missing[:5])}"
    return (Fate.SURVIVED, (), "") if expected else (Fate.ERROR, (), "no check ran")


def _missing(results: Iterable[CheckResult], expected: frozenset[str]) -> list[str]:
    return sorted(expected - {result.name for result in results if result.outcome in LOOKED})
