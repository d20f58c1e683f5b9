"""The phase after the verdict: whether the recovery lasts, under the same load again and after a restart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from drills.record.history import History
from drills.record.signal_quality import BLIND_S, ENOUGH_TRAFFIC

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.drill.arm.run import Run

LONGER = 1.5
"""A recovery is watched for as long as the fault took to show, and half more, before it counts as one that lasts."""
WORK_OFF = 2.0
"""What the load queues may take this multiple of the time that the fault took to show, or the solution to cure."""
STUCK_S = 15.0
"""A restart keeps the metric away for at most twelve seconds (small workers); for longer, the incident is back."""
SLACK_S = 25.0
"""How long the metric may be away from its target because of the load and the restart themselves, beyond its rate and
sustain windows: ten small workers that start together take most of it."""


@dataclass(frozen=True)
class Stage:
    """One of the two stages; *needed_s* is how long the fault would need to show again, and half more."""

    run: Run
    name: Literal["load", "restart"]
    needed_s: float

    @property
    def hold_s(self) -> float:
        """For how long the metric has to stay at its target, in seconds."""
        return max(self.needed_s, self.run.limits.sustain_s)

    @property
    def back_s(self) -> float:
        """Within what time it has to come back to its target, in seconds."""
        return self.run.limits.rate_s + SLACK_S

    def leave_out(self, why: str) -> None:
        """Record that it was not tried."""
        self._write(held=None, seen=f"not tried: {why}", watched_s=0.0)

    def try_again(self, act: Callable[[], object]) -> bool:
        """Do what the stage does, record whether the metric held its target after it, and return that."""
        self.run.record.milestone("load again" if self.name == "load" else "restart again")
        act()
        began = self.run.record.now
        if self.name == "load" and not self._worked_off():
            waited_s = self.run.record.now - began
            self._write(
                held=False, seen=f"what it queued was not worked off within {waited_s:.0f} s", watched_s=waited_s
            )
            return False
        start = self.run.record.now
        self._watch(start)
        held, seen = self._found(start)
        self._write(held=held, seen=seen, watched_s=self.run.record.now - start)
        return bool(held)

    def _worked_off(self) -> bool:
        run, done = self.run, False

        def worked_off() -> bool:
            nonlocal done
            done = run.fault.worked_off(run.system)
            return done

        with run.patience():
            run.wait(
                worked_off,
                at_most_s=work_off_s(run),
                expected="what the load has queued to be worked off",
                next_step=f"correct the solution of {run.cause.id} in the runbook: it does not keep up with that load",
            )
        return done

    def _watch(self, start: float) -> None:
        run = self.run
        with run.patience():
            run.wait(
                lambda: self._held_s(start) >= self.hold_s or _stuck(run, start),
                at_most_s=self.back_s + self.hold_s,
                expected=f"{run.incident.alert.quantity} to stay at its target for {self.hold_s:.0f} s",
                next_step=f"correct the solution of {run.cause.id} in the runbook: it relieves, but does not cure",
            )

    def _held_s(self, start: float) -> float:
        """Return for how long the metric has been at its target without a break, in seconds; a gap is a break."""
        since, last = None, start
        for t, value in History(self.run.record.events).samples(start, self.run.record.now):
            good = value is not None and self.run.limits.target.satisfied_by(value) and t - last <= BLIND_S
            since = (t if since is None else since) if good else None
            last = t
        return 0.0 if since is None else last - since

    def _found(self, start: float) -> tuple[bool | None, str]:
        held_s, target = self._held_s(start), self.run.limits.target.text
        if held_s < self.run.limits.sustain_s:
            return False, f"not at its target within {self.run.record.now - start:.0f} s"
        if held_s < self.hold_s:
            return (
                None,
                f"held its target {target} for {held_s:.0f} s, too short to say: {self.hold_s:.0f} s are needed",
            )
        return self._thin_traffic() or (True, f"held its target {target}")

    def _thin_traffic(self) -> tuple[None, str] | None:
        traffic = self.run.second_traffic
        rps, intended_rps = traffic.sent_rps(self.hold_s), traffic.profile.rate_rps
        if rps >= ENOUGH_TRAFFIC * intended_rps:
            return None
        return None, f"too little traffic to say: {rps:.1f} of {intended_rps:.1f} requests a second"

    def _write(self, *, held: bool | None, seen: str, watched_s: float) -> None:
        self.run.record.write(
            "durability",
            stage=self.name,
            held=held,
            seen=seen,
            watched_s=round(watched_s, 2),
            needed_s=round(self.needed_s, 2),
        )


def durability(run: Run) -> None:
    """Record whether the metric stays at its target under the same load again, and after a restart."""
    needed_s = LONGER * showed_s(run)
    load, restart = Stage(run, "load", needed_s), Stage(run, "restart", needed_s)
    line = run.system.stack.descriptor.restart_line(run.scenario.restart_after_recovery)
    with run.phase("durability", work_off_s(run) + 2 * (load.back_s + load.hold_s)):
        run.traffic.stop()
        run.second_traffic.start()
        if run.fault.not_repeatable:
            load.leave_out(run.fault.not_repeatable)
        elif not load.try_again(lambda: run.fault.reapply_load(run.system)):
            return
        restart.try_again(lambda: run.type_line(line, "restart"))


def showed_s(run: Run) -> float:
    """Return how long the fault took to show: from its injection to the alert, in seconds."""
    history = History(run.record.events)
    injected = history.milestone("injected") or 0.0
    return (history.milestone("firing", after_s=injected) or injected) - injected


def work_off_s(run: Run) -> float:
    """Return how long the system may take to work off what the load queues, in seconds."""
    history = History(run.record.events)
    acted, recovered = history.milestone("acted") or 0.0, history.milestone("recovered") or 0.0
    return SLACK_S + WORK_OFF * max(showed_s(run), recovered - acted)


def _stuck(run: Run, start: float) -> bool:
    """Tell whether the alert fires again, and the metric was away from its target for longer than a restart takes."""
    now, stuck_s = run.record.now, max(run.limits.sustain_s, STUCK_S)
    values = [value for _, value in History(run.record.events).samples(now - stuck_s, now) if value is not None]
    stuck = now - start >= stuck_s and run.alert_monitor.state == "firing" and bool(values)
    return stuck and not any(run.limits.target.satisfied_by(value) for value in values)
