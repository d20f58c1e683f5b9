"""Look whether what measures the system is after the solution what it was before the fault. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.record.measurements import Instruments
from drills.record.verdicts import Verdict

if TYPE_CHECKING:
    from drills.record.history import History
    from drills.record.verdicts import Reasoned


def changed_instruments(history: History) -> Reasoned | None:
    """Return the verdict on a solution after which rules, configuration or flags of Prometheus are others, or None."""
    injected, watched = history.milestone("injected") or 0.0, history.milestone("watched") or 0.0
    before = [each for each in history.of(Instruments, when="normal") if each.t <= injected]
    after = [each for each in history.of(Instruments, when="recovered") if each.t >= watched]
    if not all(each.parts for each in (*before, *after)) or not before or not after:
        return Verdict.UNKNOWN, "what measures the system was not looked at before the fault and after the recovery"
    normal = before[0].parts
    other = sorted({name for each in (*before, *after) for name, _ in each.parts.items() ^ normal.items()})
    if not other:
        return None
    return Verdict.REFUTED, f"the solution changed what measures the system: {', '.join(other)}"
