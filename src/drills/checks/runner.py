"""All probes of a visit at once: each as soon as those it depends on have passed, none of them waited for in vain."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from drills.checks.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drills.checks.context import CheckContext
    from drills.checks.definition import Check
    from drills.checks.result import CheckResult

AT_ONCE = 12
"""Probes under way at a time; more than a front end has connections, and too few to be a load."""
SOUND = (Outcome.PASS, Outcome.DEGRADED)


class CheckRunner:
    """Begins to look when it is made; a reading is waited for by whoever asks for it.

    *probes* are in the order of the register, where nothing comes before what it depends on.
    """

    def __init__(self, probes: Iterable[Check], context: CheckContext) -> None:
        self._visit = context
        self._readings: dict[str, Future[CheckResult]] = {}
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="check")
        for check in probes:
            self._readings[check.name] = self._pool.submit(self._look, check)

    def __getitem__(self, name: str) -> CheckResult:
        return self._readings[name].result()

    def check_results(self) -> list[CheckResult]:
        """Return all readings, in the order of their probes."""
        return [self[name] for name in self._readings]

    def close(self) -> None:
        """Return when no probe is under way any more; those not begun are not begun."""
        self._pool.shutdown(cancel_futures=True)

    def _look(self, check: Check) -> CheckResult:
        """Wait for what the probe depends on: all of that was begun before it, so nobody waits for ever."""
        for name in check.after:
            root = self._root(name)
            if root is not None:
                why = f"not checked, because {root} failed"
                return check.unread(self._visit.target, Outcome.BLOCKED, why, cause=root)
        return check(self._visit)

    def _root(self, name: str) -> str | None:
        """Return the probe that is to blame when *name* did not pass; what was left out is nobody's fault."""
        if name not in self._readings:
            return None
        check_result = self[name]
        return None if check_result.outcome in (*SOUND, Outcome.SKIPPED) else check_result.cause or check_result.name
