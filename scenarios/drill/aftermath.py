"""After the recovery: what the clients lost on the way, and what the drill left behind."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from typing import TYPE_CHECKING

import httpx

from checks.reading import Unexpected
from load.audit import AuditError, losses, settle, unfinished
from load.completions import CompletionWatcher
from load.ledger import acknowledged
from load.sessions import Sessions, open_sessions
from scenarios.drill.run import DrillStopped
from scenarios.drill.scenario import Arm

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from load.ledger import Row
    from scenarios.drill.run import Run

SESSIONS = 10
SETTLE_DEADLINE_S = 100.0
"""How long an acknowledged job may take to end: two stalled checks of 30 s each, three attempts with their back-off."""


class Ledger:
    """The clients' own account of one arm: sessions they hold, uploads that were acknowledged, completions they saw."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._completions = CompletionWatcher(run.site.stack.redis_url, run.site.stack.descriptor.queue)
        self._sessions = Sessions({})
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self._open.enter_context(self._completions)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def open(self) -> None:
        """Sign in some users whose sessions are looked for again in the audit."""
        try:
            self._sessions = self._open.enter_context(open_sessions(self._run.site.target, SESSIONS))
        except (httpx.HTTPError, Unexpected) as error:
            raise DrillStopped(f"expected {SESSIONS} sign-ins to succeed in the steady state, saw: {error}") from None

    def audit(self) -> None:
        """Record what was lost. A placebo leaves the system broken on purpose, so there is nothing to wait for."""
        run = self._run
        with run.phase("audit", SETTLE_DEADLINE_S):
            run.traffic.stop()
            rows = [row for row in run.traffic.rows() if row.t >= run.record.began]
            if run.arm is Arm.PLACEBO:
                run.record.write("ledger", losses={"requests_failed": sum(not row.ok for row in rows)})
                return
            try:
                self._count(rows)
            except (AuditError, RuntimeError, httpx.HTTPError, Unexpected) as error:
                raise DrillStopped(f"the ledger could not be audited: {error}") from None

    def _count(self, rows: list[Row]) -> None:
        jobs = [*acknowledged(rows), *self._run.fault.acknowledged()]
        statuses = settle(self._run.site.target, jobs, SETTLE_DEADLINE_S)
        found = losses(
            rows,
            statuses,
            self._completions.counts(),
            others=self._run.fault.acknowledged(),
            sessions_before=len(self._sessions),
            sessions_after=self._sessions.alive(),
        )
        self._run.record.write(
            "ledger",
            losses=asdict(found),
            acknowledged={"jobs": len(jobs), "sessions": len(self._sessions)},
            unfinished=list(unfinished(statuses)),
        )


def clear_up(run: Run, before: Mapping[str, str]) -> None:
    """Take the fault away, heal the stack, and record what is not as it was before the drill."""
    run.console.phase("clear up", run.site.stack.descriptor.boot_deadline_s)
    items: list[str] = []

    def look() -> None:
        items.extend(_differences(before, run.site.stack.snapshot()))

    for what, step in (
        ("the fault could not be ended", run.fault.stop),
        ("the fault could not be undone", lambda: _undo(run)),
        ("the stack could not be healed", run.site.stack.heal),
        ("residue could not be looked for", look),
    ):
        try:
            step()
        except Exception as error:  # noqa: BLE001 - it is told, and must take neither the next step nor the verdict
            items.append(f"{what}: {error}")
    run.record.write("residue", items=items)


def _undo(run: Run) -> None:
    for line in run.fault.undo:
        done = run.site.stack.run(line)
        run.record.write(
            "command", purpose="undo", line=0, text=line, exit=done.exit, seconds=done.seconds, output=done.output
        )


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return [
        f"`{line}` printed {after[line]!r}, before {before[line]!r}" for line in before if before[line] != after[line]
    ]
