"""The phases from the first documented command on: resolve, recover, verify."""

from __future__ import annotations

from drills.drill.arm.run import DrillStopped, Run
from drills.drill.phases import evidence, out_of_memory, until_diagnosis
from drills.record.history import History
from drills.record.not_run import not_run
from drills.record.signal_quality import (
    BLIND_S,
    blind_reason,
    last_sustain_window,
    recovered_at,
)
from drills.record.verdicts import Arm

VERIFY_DEADLINE_S = 60.0
SERVES_S = 15.0
"""How long the checks may take to pass after the metric: a scrape may be late, a replica may still start."""
UNSEEN_S = 5.0
"""How long the metric is watched beyond its time where its end was not seen."""


def resolve(run: Run, placebo_s: float) -> None:
    """Type the documented commands, byte for byte; in the placebo arm wait *placebo_s* seconds instead."""
    with run.phase("resolve", placebo_s):
        run.record.milestone("acted")
        if run.arm is Arm.PLACEBO:
            done = run.system.stack.sandbox.run(f"sleep {placebo_s:.1f}")
            run.record.write(
                "command", purpose="placebo", line=0, text=done.text, exit=done.exit, seconds=done.seconds, output=""
            )
        else:
            _type_solution(run)
        run.record.milestone("resolved")


def _type_solution(run: Run) -> None:
    """Type the solution; raises DrillStopped at a command that did not run, since there is nothing to wait for."""
    with run.system.stack.shell() as shell:
        for command in run.commands:
            run.command(command, "resolve", shell=shell)
            judged = not_run(History(run.record.events))
            if judged:
                raise DrillStopped(judged[1])


def recover(run: Run, watch_s: float) -> None:
    """Watch the metric reach its target and stay there, for at most *watch_s* seconds from now."""
    with run.phase("recover", watch_s + evidence.AFTER_S):
        until = run.record.now + watch_s
        while run.record.now < until and not _recovered(run):
            _until_changed(run, until)
        _until_decided(run)
        _until_seen(run)
        evidence.after(run)
    recovered_s = recovered_at(History(run.record.events))
    if recovered_s is not None:
        run.record.milestone("recovered", t=recovered_s)
    run.record.milestone("watched")
    _require_fault(run)


def verify(run: Run) -> None:
    """Run the essential checks and the incident's verification commands: the system has to serve again."""
    with run.phase("verify", VERIFY_DEADLINE_S):
        if run.arm is Arm.DOCUMENTED and _recovered(run):
            run.second_traffic.load()  # ready when the audit is over, so that the load is back at once
        out_of_memory.record(run, "resolved")
        with run.patience():
            until_diagnosis.await_health(run, "recover", SERVES_S)
        _solution_applied(run)
        run.in_one_shell(run.incident.verification, "verify")


def _solution_applied(run: Run) -> None:
    """Record whether the solution reached the fault, where the metric alone does not say."""
    confirmation = run.fault.solution_applied(run.system)
    if confirmation:
        seen = confirmation.seen if confirmation.ok else f"{confirmation.seen}, not {confirmation.expected}"
        run.record.write("check", name=confirmation.channel, ok=confirmation.ok, seen=seen, after="recover")


def _require_fault(run: Run) -> None:
    """Raise DrillStopped unless the fault still goes on: a recovery because the fault ended is no cure."""
    ended = [thread.name for thread in run.fault.background_threads() if not thread.is_alive()]
    if ended:
        raise DrillStopped(
            f"expected the fault {run.fault.name!r} to go on until the drill is over, but it ended by itself "
            f"({', '.join(ended)}); read the traceback above, nothing can be said of a recovery"
        )


def _recovered(run: Run) -> bool:
    return recovered_at(History(run.record.events)) is not None


def _until_changed(run: Run, until: float) -> None:
    seen, left_s = len(run.record.events), max(0.0, until - run.record.now)
    with run.patience("recover" if left_s > BLIND_S else None):  # no sample in the last seconds is no failure
        run.wait(
            lambda: len(run.record.events) > seen,
            at_most_s=left_s,
            expected="another sample",
            next_step="read the log of Prometheus: it does not answer, or no longer evaluates its rules",
        )


def _until_decided(run: Run) -> None:
    """Go on where the metric has just come to its target: the verdict depends on whether it stays there."""
    with run.patience():
        run.wait(
            lambda: _recovered(run) or not _at_target(run),
            at_most_s=run.limits.sustain_s,
            expected="the metric to stay at its target, or to leave it",
            next_step=f"compare the metric with its target in the chart of {run.record.folder}",
        )


def _at_target(run: Run) -> bool:
    last = [value for _, value in History(run.record.events).samples(run.record.now - BLIND_S, run.record.now)]
    return bool(last) and last[-1] is not None and run.limits.target.satisfied_by(last[-1])


def _until_seen(run: Run) -> None:
    """Go on for some seconds where the end was not seen, because a loaded machine held up traffic or samples."""

    def unseen() -> str | None:
        now, history = run.record.now, History(run.record.events)
        return None if _recovered(run) else blind_reason(history, last_sustain_window(history, now), now)

    with run.patience():
        run.wait(
            unseen,
            done=lambda why: why is None,
            at_most_s=UNSEEN_S,
            expected="the metric and the traffic to be seen",
            next_step=f"read {run.traffic.log}, then the log of Prometheus",
        )
