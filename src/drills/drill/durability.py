"""After the recovery: does it last? The same load again, and once more after the service in question was restarted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.record.history import History
from drills.record.signal_quality import ENOUGH_TRAFFIC, holds

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.drill.run import Run

STUCK_S = 15.0
"""A service that is restarted is away for seconds, small workers for twelve; what is away longer came back to stay."""
SLACK_S = 25.0
"""How long the metric may be away for the load and the restart themselves, beyond its window and the hold: ten small
workers that start together take most of it."""


def last(run: Run) -> None:
    """Record whether the metric holds its target under the same load again, and after a restart."""
    watch_s = run.limits.rate_s + run.limits.sustain_s + SLACK_S
    restart = run.system.stack.descriptor.restart_line(run.scenario.restart_after_recovery)
    with run.phase("durability", 2 * watch_s):
        run.traffic.stop()
        run.second_traffic.start()
        held = _stage(run, "load", lambda: run.fault.reapply_load(run.system), watch_s)
        if held:
            _stage(run, "restart", lambda: run.type_line(restart, "restart"), watch_s)


def _stage(run: Run, stage: str, act: Callable[[], object], watch_s: float) -> bool:
    run.record.milestone("load again" if stage == "load" else "restart again")
    act()
    start = run.record.now

    def held() -> float | None:
        return next(holds(History(run.record.events), start, run.record.now), None)

    def bad() -> bool:
        """Tell whether the alert fires again, and the metric was away from its target for as long as no act takes."""
        now, stuck_s = run.record.now, max(run.limits.sustain_s, STUCK_S)
        values = [value for _, value in History(run.record.events).samples(now - stuck_s, now) if value is not None]
        stuck = now - start >= stuck_s and run.alert_monitor.state == "firing" and bool(values)
        return stuck and not any(run.limits.target.satisfied_by(value) for value in values)

    with run.patience():
        run.wait(
            lambda: held() is not None or bad(),
            at_most_s=watch_s,
            expected=f"{run.incident.alert.quantity} at its target for {run.limits.sustain_s:.0f} s",
            next_step="the solution relieves, but does not cure",
        )
    lasted: bool | None = held() is not None
    waited_s, rps = run.record.now - start, run.second_traffic.sent_rps(run.limits.sustain_s)
    seen = f"held its target {run.limits.target.text}" if lasted else f"not at its target within {waited_s:.0f} s"
    if lasted and rps < ENOUGH_TRAFFIC * run.second_traffic.profile.rate_rps:
        lasted, seen = (
            None,
            f"too little traffic to say: {rps:.1f} of {run.second_traffic.profile.rate_rps:.1f} requests a second",
        )
    run.record.write("durability", stage=stage, held=lasted, seen=seen)
    return bool(lasted)
