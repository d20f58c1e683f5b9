"""Let an incident, and its recovery, last until the clients' counts tell a cure from chance.

At a high time scale a window holds few requests: an error rate may come under its target by luck. How many requests
it takes depends on how many of them the fault meets on this machine, so that is counted while the drill runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.record.evidence_strength import CHANCE, chance, counts, fisher, met_as
from drills.record.history import History

if TYPE_CHECKING:
    from drills.drill.arm.run import Run

MANY = 10
"""Requests that the fault has to meet at the least: two or three make an alert fire, and no incident."""
BEFORE_S = 45.0
"""For how long the first command waits for that, beyond the alert and the diagnosis."""
AFTER_S = 20.0
"""For how long a recovery is watched until chance does not explain it, beyond the sustain window."""
USUAL_S = 10.0
"""A recovery that is watched for so long has to suffice: in the time that is left, some request may still fail."""


def before(run: Run) -> None:
    """Delay the first command until a recovery of USUAL_S without a failure would be no chance, and the alert fires.

    It waits at most BEFORE_S seconds; the judge says what came of it.
    """
    needed = round(run.traffic.profile.rate_rps * max(USUAL_S, run.limits.sustain_s))
    with run.patience():
        run.wait(
            lambda: _tells(History(run.record.events), needed) and run.alert_monitor.state == "firing",
            at_most_s=BEFORE_S,
            expected=f"at least {MANY} requests that the fault meets, and so many that {needed} without are no chance",
            next_step=f"read {run.traffic.log}; give the scenario of {run.cause.id} more requests that its fault meets",
        )


def after(run: Run) -> None:
    """Watch a recovery for at most AFTER_S seconds more, until chance does not explain it."""
    with run.patience():
        run.wait(
            lambda: chance(History(run.record.events)) is None,
            at_most_s=AFTER_S,
            expected=f"a recovery that comes about without a cure less often than {CHANCE:g}",
            next_step=f"give the scenario of {run.cause.id} more requests that its fault meets",
        )


def _tells(history: History, needed: int) -> bool:
    """Tell whether *needed* requests after the recovery would suffice, if the fault met none of them."""
    what = met_as(history.head.quantity)
    if what is None:
        return True
    seen = counts(history, what, history.milestone("injected") or 0.0, history.end_s)
    return seen is not None and seen[0] >= MANY and fisher(*seen, 0, needed) < CHANCE
