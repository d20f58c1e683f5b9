"""Run all checks at once: each begins as soon as those it depends on have passed."""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import Future, as_completed, wait
from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from drills.checks import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drills.checks import Check, CheckContext, CheckResult


AT_ONCE = 12
"""How many checks run at a time; few enough to be no load on the system."""
END_S = 5.0
"""How long checks under way may take to end once the run is told to stop; what they leave the next run removes."""
JOIN_S = 240.0
"""The same where nothing presses: longer than any check that is not meant to wait for minutes."""
SOUND = (Outcome.PASS, Outcome.DEGRADED)


class CheckRunner:
    """Starts the checks when it is made; reading a result waits for it.

    *checks* are in the order of their catalogue, where none comes before one that it depends on. A disruptive check
    runs after all others, and beside none. Its threads keep no process: a check that hangs is left behind.
    """

    def __init__(self, checks: Iterable[Check], context: CheckContext) -> None:
        self._context = context
        self._waiting = deque(sorted(checks, key=lambda check: check.disruptive))
        self._results: dict[str, Future[CheckResult]] = {check.name: Future() for check in self._waiting}
        self._needed = {check.name: check.needs for check in self._waiting}
        self._threads = [Thread(target=self._work, name=f"check_{number}", daemon=True) for number in range(AT_ONCE)]
        for thread in self._threads:
            thread.start()

    def __getitem__(self, name: str) -> CheckResult:
        return self._results[name].result()

    def check_results(self) -> list[CheckResult]:
        """Return all results, in the order of their checks."""
        return [self[name] for name in self._results]

    def so_far(self) -> list[CheckResult]:
        """Return the results that there are, in the order of their checks, and wait for no other."""
        ended = [future for future in self._results.values() if future.done() and future.exception() is None]
        return [future.result() for future in ended]

    def as_they_end(self) -> Iterator[CheckResult]:
        """Yield each result as soon as there is one."""
        yield from (result.result() for result in as_completed(self._results.values()))

    def close(self, limit_s: float = JOIN_S) -> None:
        """Begin no further check, and return when none runs any more, after *limit_s* seconds in any case."""
        self._waiting.clear()
        over = time.monotonic() + limit_s
        for thread in self._threads:
            thread.join(max(0.0, over - time.monotonic()))

    def _work(self) -> None:
        while True:
            try:
                check = self._waiting.popleft()
            except IndexError:
                return
            result = self._results[check.name]
            try:
                result.set_result(self._run(check))
            except BaseException as error:  # noqa: BLE001 - it belongs to the caller, on its own thread
                result.set_exception(error)

    def _run(self, check: Check) -> CheckResult:
        """Wait for what the check depends on: all of that was begun before it, so no wait is endless."""
        if check.disruptive:
            wait(self._before(check))
        for name in check.after:
            root = self._root(name)
            if root is not None and self._needs(check, name, root):
                why = f"not checked, because {root} failed"
                return check.unjudged(self._context.target, Outcome.BLOCKED, why, cause=root)
        down = frozenset(name for name in check.despite if name in self._results and self[name].unreached)
        return check(replace(self._context, down=down) if down else self._context)

    def _before(self, check: Check) -> list[Future[CheckResult]]:
        """Return the results that come before that of *check*, which disturbs all others."""
        names = list(self._results)
        return [self._results[name] for name in names[: names.index(check.name)]]

    def _needs(self, check: Check, name: str, root: str) -> bool:
        """Whether a check says nothing without another; one that only shows that their address answers may fail."""
        if name not in check.reaching:
            return True
        return self[root].unreached and self._shares_address(check, name)

    def _shares_address(self, check: Check, name: str) -> bool:
        """Whether both are at one host and port; a store in a DSN counts as one with itself."""
        mine = {self._place(need) for need in check.needs}
        return bool(mine & {self._place(need) for need in self._needed[name]})

    def _place(self, need: str) -> str:
        address = str(getattr(self._context.target, need, None))
        return urlsplit(address).netloc.rpartition("@")[2] or address

    def _root(self, name: str) -> str | None:
        """Return the check that is the cause when *name* did not pass; None for a check that was left out."""
        if name not in self._results:
            return None
        check_result = self[name]
        return None if check_result.outcome in (*SOUND, Outcome.SKIPPED) else check_result.cause or check_result.name
