"""The end of an arm: what the clients lost on the way, and what the drill left behind."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from drills.common.time_limit import within
from drills.drill.arm.run import DrillStopped
from drills.drill.loss_audit import AuditError, requests, unknown
from drills.load.ledger import acknowledged, once
from drills.record.history import History
from drills.record.verdicts import Arm

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from drills.drill.arm.run import Run
    from drills.drill.loss_audit import Audit, LossAudit
    from drills.load.ledger import Row

ANSWER_S = 30.0
"""How long an audit may take beyond the time in which all that was promised ends: it asks for all of it once more."""


LAST_WORDS = 200
"""How many characters of a failed line's output are told."""


def open_audit(loss_audit: LossAudit) -> None:
    """Open what the audit looks for again, such as sessions; raises DrillStopped when that fails."""
    try:
        loss_audit.open()
    except AuditError as error:
        raise DrillStopped(str(error)) from None


def audit(run: Run, loss_audit: LossAudit) -> None:
    """Record what was lost; raises DrillStopped when that is not known in time.

    What a fault still holds cannot be counted, and waiting for it does not help: where the metric has not recovered,
    only the failed requests are. A placebo leaves the system broken on purpose.
    """
    with run.phase("audit", loss_audit.settle_s + ANSWER_S):
        run.traffic.stop()
        rows = [row for row in run.traffic.rows() if row.t >= run.record.began]
        counted = _counted(run, loss_audit, rows) if _recovered(run) else unknown(loss_audit.promised)
        plain = requests(rows)
        run.record.write(
            "ledger",
            losses=[loss.model_dump() for loss in (*counted.losses, *plain.losses)],
            ends=[end.model_dump() for end in (*counted.ends, *plain.ends)],
            unfinished=list(counted.unfinished),
        )


def _counted(run: Run, loss_audit: LossAudit, rows: Sequence[Row]) -> Audit:
    acted_at, limit_s = _acted_at(run), loss_audit.settle_s + ANSWER_S

    def work() -> Audit:
        return loss_audit.audit(once((*acknowledged(rows), *run.fault.acknowledged())), acted_at)

    try:
        return within(work, limit_s, "loss audit")
    except AuditError as error:
        raise DrillStopped(f"the ledger could not be audited: {error}") from None
    except TimeoutError:
        raise DrillStopped(
            f"the ledger could not be audited: expected the audit to end within {limit_s:g} s, and it went on; "
            f"next: look in {run.system.target.name} for what still waits for a lock, or answers no client"
        ) from None


def _recovered(run: Run) -> bool:
    return run.arm is not Arm.PLACEBO and History(run.record.events).milestone("recovered") is not None


def _acted_at(run: Run) -> float:
    """Return when the first command was typed, in epoch seconds."""
    return time.time() - (run.record.now - (History(run.record.events).milestone("acted") or 0.0))


def tear_down(run: Run, before: Mapping[str, str]) -> None:
    """End and undo the fault, heal the stack, and record what is not as it was before the drill.

    An interrupt does not end this, or the verdict would be lost for want of the residue: the step that it broke off is
    done again, and the interrupt goes on after the last one. A second interrupt ends it.
    """
    items: list[str] = []
    interrupts: list[KeyboardInterrupt] = []
    steps = (
        ("the fault could not be ended", run.fault.stop),
        ("the fault could not be undone", lambda: items.extend(_undo(run))),
        ("the stack could not be healed", run.system.stack.heal),
        ("residue could not be looked for", lambda: items.extend(_differences(before, run.system.stack.snapshot()))),
    )
    with run.told("teardown", run.system.stack.descriptor.boot_deadline_s):
        for what, step in steps:
            try:
                _once_more(step, interrupts)
            except Exception as error:  # noqa: BLE001 - it is recorded, and must stop neither the next step nor the verdict
                items.append(f"{what}: {error}")
    run.record.write("residue", items=items)
    if interrupts:
        raise interrupts[0]


def _once_more(step: Callable[[], object], interrupts: list[KeyboardInterrupt]) -> None:
    """Do *step*, and again where the first of all *interrupts* broke it off."""
    try:
        step()
    except KeyboardInterrupt as interrupt:
        if interrupts:
            raise
        interrupts.append(interrupt)
        step()


def _undo(run: Run) -> list[str]:
    """Type the fault's own undo, and return a sentence for each line that failed: what it left is not known."""
    failed = []
    for line in run.fault.undo(run.system):
        done = run.system.stack.sandbox.run(line)
        run.record.write(
            "command", purpose="undo", line=0, text=line, exit=done.exit, seconds=done.seconds, output=done.output
        )
        if done.exit:
            failed.append(f"the undo `{line}` ended with exit code {done.exit}: {done.output.strip()[-LAST_WORDS:]}")
    return failed


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return [
        f"`{line}` printed {_only_in(after[line], before[line])!r}, before {_only_in(before[line], after[line])!r}"
        for line in before
        if before[line] != after[line]
    ]


def _only_in(output: str, other: str) -> str:
    """Return the lines of *output* that the other output lacks: hashes of many files differ in a few."""
    others = set(other.splitlines())
    return "\n".join(line for line in output.splitlines() if line not in others)
