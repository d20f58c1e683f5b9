"""Record which containers the kernel has killed for their memory: a runbook may promise that it no longer does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from drills.runbook.model import Measure

if TYPE_CHECKING:
    from drills.drill.arm.run import Run

FIELDS = "{{slice .Name 1}} {{slice .Id 0 12}} {{.State.OOMKilled}} {{.RestartCount}} {{.State.StartedAt}}"
KILLED = f"docker inspect -f '{FIELDS}' $(docker ps -aq)"
"""Docker forgets a kill when it starts the container again, and counts that it has done so."""


def record(run: Run, when: Literal["resolved", "settled"]) -> None:
    """Record what Docker remembers now, where the runbook promises something of it.

    Where a container went away meanwhile that is an error, and the judge misses the event.
    """
    if not any(promise.measure is Measure.OUT_OF_MEMORY for promise in run.incident.promises):
        return
    ran = run.system.stack.sandbox.run(KILLED)
    if ran.exit != 0:
        said = ran.output.strip()[-200:]
        run.record.write("error", phase="settle", text=f"the containers could not be inspected: {said}")
        return
    rows = [line.split() for line in ran.output.splitlines() if line.strip()]
    run.record.write(
        "out of memory",
        when=when,
        killed=[f"{name} (started {started})" for name, _, killed, _, started in rows if killed == "true"],
        restarts={f"{name}/{container}": int(restarts) for name, container, _, restarts, _ in rows},
    )
