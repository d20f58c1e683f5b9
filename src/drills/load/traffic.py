"""Traffic for a drill: locust as a child process of its own, recorded in a ledger, and ended with the drill."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from drills.common.waiting import WaitTimeout, wait_until
from drills.load.ledger import Row, Tail, failed, rate_rps
from drills.load.permission import require_allowed
from drills.load.profile import to_json
from drills.load.sent import sent_times

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from drills.load.profile import Profile

START_DEADLINE_S: Final = 30.0  # locust's imports alone take seconds on a busy machine
STOP_DEADLINE_S: Final = 5.0
TAIL_LINES: Final = 20
BEGIN: Final = b"\n"
MS_PER_S: Final = 1000.0


class TrafficError(RuntimeError):
    """There is no traffic although there should be; the text holds the end of locust's log."""


@dataclass(frozen=True)
class Counts:
    """Requests sent, those whose failure became known, and those whose answer was slow; None where no answer is."""

    sent: int
    failed: int
    slow: int | None

    def since(self, before: Counts) -> Counts:
        """Return what was added since *before*."""
        slow = None if self.slow is None else self.slow - (before.slow or 0)
        return Counts(self.sent - before.sent, self.failed - before.failed, slow)


class Traffic:
    """The load of one drill, on from `start()` to `stop()`, and off at the end of its block.

    `load()` may come before: locust then loads its modules in the meantime, and sends nothing yet.

    Locust makes its random draws from *sequence*; empty, they differ from run to run.
    `ledger` gets one row a request (see drills.load.ledger), `log` what locust prints. Raises RemoteRefusedError before
    anything is started when `front_url` is on another machine that is not allowed. An answer that takes longer than
    `slow_s` seconds is slow; without it none is counted so.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - where to, what, how, and two files
        self,
        front_url: str,
        profile: Profile,
        locustfile: Path,
        ledger: Path,
        log: Path,
        slow_s: float | None = None,
        *,
        sequence: str = "",
    ) -> None:
        require_allowed(front_url)
        self.profile = profile
        self.slow_s = slow_s
        self._locustfile = locustfile.resolve()
        self.ledger = ledger.resolve()  # locust runs in another folder
        self.log = log.resolve()
        self._front_url = front_url
        self._sequence = sequence
        self._process: subprocess.Popen[bytes] | None = None
        self._tail = Tail(ledger)
        self._rows: list[Row] = []
        self.flows = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """Process id of locust while it runs."""
        return self._process.pid if self._process else None

    def load(self) -> None:
        """Start locust, which loads its modules and waits; a second call does nothing."""
        self._process = self._process or self._spawn()

    def start(self, deadline_s: float = START_DEADLINE_S) -> None:
        """Let locust send, and return when the system has acknowledged a first request.

        Raises TrafficError when locust ends or nothing is acknowledged within `deadline_s` seconds; locust is
        stopped then.
        """
        self.load()
        self._release()
        try:
            wait_until(
                self._first_answer,
                deadline_s=deadline_s,
                expected="a first acknowledged request",
                where=f"{self._front_url}, profile {self.profile.name}",
                next_step=f"read {self.log} and {self.ledger}",
            )
        except WaitTimeout as timeout:
            self.stop()
            raise TrafficError(f"{timeout}\n{self._log_tail()}") from None
        except BaseException:
            self.stop()
            raise
        self.flows = True

    def check(self) -> None:
        """Raise TrafficError unless locust is running."""
        if self._process is None:
            raise TrafficError(f"traffic {self.profile.name} is not running; call start() first.")
        code = self._process.poll()
        if code is not None:
            raise TrafficError(
                f"expected locust to keep running, but it ended with exit code {code} on its own "
                f"({self._front_url}, profile {self.profile.name}); the end of {self.log}:\n{self._log_tail()}"
            )

    def stop(self) -> None:
        """End locust and everything it started: SIGTERM, and SIGKILL when that is not enough. May be repeated."""
        process, self._process = self._process, None
        self.flows = False
        if process is None:
            return
        if process.poll() is None:
            _signal(process, signal.SIGTERM)
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_DEADLINE_S)
        finally:
            if process.poll() is None:
                _signal(process, signal.SIGKILL)
                process.wait(STOP_DEADLINE_S)
            if process.stdin:
                process.stdin.close()

    def rows(self) -> list[Row]:
        """Return all requests whose outcome is known by now."""
        self._rows += self._tail.new()
        return list(self._rows)

    def sent_rps(self, window_s: float) -> float:
        """Return requests sent per second over the last `window_s` seconds, answered or not.

        This is the achieved rate: while the system hangs, there are no outcomes, but the clients go on sending.
        """
        now = time.monotonic()
        return sum(1 for t in sent_times(self.ledger) if now - window_s <= t < now) / window_s

    def failed_rps(self, window_s: float) -> float:
        """Return failed requests per second over the last `window_s` seconds."""
        now = time.monotonic()
        return rate_rps(failed(self.rows()), now - window_s, now)

    def counts(self) -> Counts:
        """Return how many requests were sent, failed and were slow since the traffic began."""
        rows, slow_s = self.rows(), self.slow_s
        slow = None if slow_s is None else sum(1 for row in rows if row.ms > slow_s * MS_PER_S)
        return Counts(len(sent_times(self.ledger)), len(failed(rows)), slow)

    def _release(self) -> None:
        """Tell locust to begin; a locust that has ended is found when its first answer is waited for."""
        if self._process and self._process.stdin:
            with contextlib.suppress(BrokenPipeError):
                os.write(self._process.stdin.fileno(), BEGIN)

    def _first_answer(self) -> bool:
        self.check()
        return any(row.ok for row in self.rows())

    def _spawn(self) -> subprocess.Popen[bytes]:
        self.ledger.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self._command(),
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.PIPE,  # locust begins at its first byte, and ends when this process closes it
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "locust", "-f", str(self._locustfile)),
            *("--headless", "--only-summary", "--loglevel", "WARNING", "--host", self._front_url),
            *("--traffic-json", to_json(self.profile), "--ledger", str(self.ledger), "--led-by-stdin"),
            *("--draws", self._sequence),
        ]

    def _log_tail(self) -> str:
        if not self.log.is_file():
            return "(no log)"
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-TAIL_LINES:]) or "(the log is empty)"


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal the child's own group; call it before the child is waited for: until then its id is its own."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
