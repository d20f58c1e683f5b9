"""How long the drill of a cause may take before it counts as hanging, from the runbook's own times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.arm.limits import limits
from drills.drill.phases.durability import LONGER, SLACK_S, WORK_OFF
from drills.drill.phases.recovery import VERIFY_DEADLINE_S
from drills.drill.phases.until_diagnosis import CONFIRM_DEADLINE_S, STEADY_DEADLINE_S

if TYPE_CHECKING:
    from drills.runbook import Runbook
    from drills.runbook.model import Cause, Incident

HELD_AGAIN = 3
"""How often a metric has to hold its target once more after a recovery: settled, under the load again, restarted."""


def time_limit_s(  # noqa: PLR0913, PLR0917 - the facts that an arm's length follows from
    runbook: Runbook, incident: Incident, cause: Cause, time_scale: float, boot_s: float, arms: int
) -> float:
    """Return the seconds that *arms* arms take when each phase needs all of its time, with a new sandbox for each.

    A boot takes *boot_s* seconds at most, healing as long. Once, for the placebo, the whole documented time is added:
    for so long doing nothing may be watched; and for the documented arm, what its durability may take beyond two holds.
    """
    known = limits(runbook, incident, cause, time_scale)
    held_s = known.rate_s + known.sustain_s + SLACK_S
    phases_s = STEADY_DEADLINE_S + known.quiet_s + CONFIRM_DEADLINE_S + known.detect_s + STEADY_DEADLINE_S
    recovery_s = known.recover_s + held_s + VERIFY_DEADLINE_S + HELD_AGAIN * held_s
    durability_s = SLACK_S + WORK_OFF * max(known.detect_s, known.recover_s) + 2 * LONGER * known.detect_s
    return arms * (boot_s + phases_s + recovery_s + boot_s) + cause.documented_minutes[1] * 60.0 + durability_s
