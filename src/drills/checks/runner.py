"""Run all checks at once: each begins as soon as those it depends on have passed."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, as_completed, wait
from typing import TYPE_CHECKING

from drills.checks import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drills.checks import Check, CheckContext, CheckResult


AT_ONCE = 12
"""How many checks run at a time; few enough to be no load on the system."""
SOUND = (Outcome.PASS, Outcome.DEGRADED)


class CheckRunner:
    """Starts the checks when it is made; reading a result waits for it.

    *checks* are in the order of their catalogue, where none comes before one that it depends on. A disruptive check
    runs after all others, and beside none.
    """

    def __init__(self, checks: Iterable[Check], context: CheckContext) -> None:
        self._context = context
        self._results: dict[str, Future[CheckResult]] = {}
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="check")
        for check in sorted(checks, key=lambda check: check.disruptive):
            before = tuple(self._results.values()) if check.disruptive else ()
            self._results[check.name] = self._pool.submit(self._run, check, before)

    def __getitem__(self, name: str) -> CheckResult:
        return self._results[name].result()

    def check_results(self) -> list[CheckResult]:
        """Return all results, in the order of their checks."""
        return [self[name] for name in self._results]

    def as_they_end(self) -> Iterator[CheckResult]:
        """Yield each result as soon as there is one."""
        yield from (result.result() for result in as_completed(self._results.values()))

    def close(self) -> None:
        """Cancel the checks that have not begun, and return when none runs any more."""
        self._pool.shutdown(cancel_futures=True)

    def _run(self, check: Check, before: tuple[Future[CheckResult], ...]) -> CheckResult:
        """Wait for *before* and for what the check depends on: both were begun before it, so no wait is endless."""
        wait(before)
        for name in check.after:
            root = self._root(name)
            if root is not None:
                why = f"not checked, because {root} failed"
                return check.unjudged(self._context.target, Outcome.BLOCKED, why, cause=root)
        return check(self._context)

    def _root(self, name: str) -> str | None:
        """Return the check that is the cause when *name* did not pass; None for a check that was left out."""
        if name not in self._results:
            return None
        check_result = self[name]
        return None if check_result.outcome in (*SOUND, Outcome.SKIPPED) else check_result.cause or check_result.name
