"""The end of an arm: what the clients lost on the way, and what the drill left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.loss_audit import AuditError
from drills.drill.run import DrillStopped
from drills.load.ledger import failed
from drills.record.verdicts import Arm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from drills.drill.loss_audit import LossAudit
    from drills.drill.run import Run


def open_audit(loss_audit: LossAudit) -> None:
    """Open what the audit looks for again, such as sessions; raises DrillStopped when that fails."""
    try:
        loss_audit.open()
    except AuditError as error:
        raise DrillStopped(str(error)) from None


def audit(run: Run, loss_audit: LossAudit) -> None:
    """Record what was lost. A placebo leaves the system broken on purpose, so there is nothing to wait for."""
    with run.phase("audit", loss_audit.settle_s):
        run.traffic.stop()
        rows = [row for row in run.traffic.rows() if row.t >= run.record.began]
        if run.arm is Arm.PLACEBO:
            run.record.write("ledger", losses={"requests_failed": len(failed(rows))})
            return
        try:
            audited = loss_audit.audit(rows, run.fault.acknowledged())
        except AuditError as error:
            raise DrillStopped(f"the ledger could not be audited: {error}") from None
        run.record.write(
            "ledger",
            losses=audited.losses,
            acknowledged=audited.acknowledged,
            unfinished=list(audited.unfinished),
            promises=list(audited.promises),
        )


def tear_down(run: Run, before: Mapping[str, str]) -> None:
    """End and undo the fault, heal the stack, and record what is not as it was before the drill."""
    items: list[str] = []
    steps = (
        ("the fault could not be ended", run.fault.stop),
        ("the fault could not be undone", lambda: _undo(run)),
        ("the stack could not be healed", run.system.stack.heal),
        ("residue could not be looked for", lambda: items.extend(_differences(before, run.system.stack.snapshot()))),
    )
    with run.told("teardown", run.system.stack.descriptor.boot_deadline_s):
        for what, step in steps:
            try:
                step()
            except Exception as error:  # noqa: BLE001 - it is recorded, and must stop neither the next step nor the verdict
                items.append(f"{what}: {error}")
    run.record.write("residue", items=items)


def _undo(run: Run) -> None:
    for line in run.fault.undo(run.system):
        done = run.system.stack.run(line)
        run.record.write(
            "command", purpose="undo", line=0, text=line, exit=done.exit, seconds=done.seconds, output=done.output
        )


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return [
        f"`{line}` printed {after[line]!r}, before {before[line]!r}" for line in before if before[line] != after[line]
    ]
