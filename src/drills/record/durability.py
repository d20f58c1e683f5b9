"""Judge whether a recorded recovery lasted, under the same load again and after a restart. Pure.

A stage counts as held only when it was watched for as long as the fault would need to show, and half more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from drills.record.events import DurabilityStage
from drills.record.format import Recorded
from drills.record.verdicts import Lasting

if TYPE_CHECKING:
    from drills.record.history import History

CURE: Lasting = "cure"
RELIEF: Lasting = "relief"
UNKNOWN: Lasting = "unknown"
NOT_TRIED = "not tried"


class Durability(Recorded):
    """Whether a recovery lasts, and what was seen under the same load again and after a restart."""

    verdict: Lasting = Field(description="cure, relief, or unknown")
    load: str = Field(description="what was seen under the same load again")
    restart: str = Field(description="what was seen after a restart")


def durability(history: History) -> Durability | None:
    """Return whether the recovery lasted; None where that was not tried."""
    stages = {event.stage: event for event in history.of(DurabilityStage)}
    if not stages:
        return None
    held = [_held(stage) for stage in stages.values()]
    verdict = RELIEF if False in held else CURE if held == [True, True] else UNKNOWN
    load = _seen(stages["load"]) if "load" in stages else NOT_TRIED
    restart = _seen(stages["restart"]) if "restart" in stages else NOT_TRIED
    relapse = _relapse(history)
    return Durability(verdict=RELIEF if relapse else verdict, load=relapse or load, restart=restart)


def _held(stage: DurabilityStage) -> bool | None:
    """Return whether the metric held its target for long enough; None where that cannot be said."""
    return None if stage.held and _short(stage) else stage.held


def _short(stage: DurabilityStage) -> bool:
    return stage.watched_s is None or stage.needed_s is None or stage.watched_s < stage.needed_s


def _seen(stage: DurabilityStage) -> str:
    if not stage.held or not _short(stage):
        return stage.seen
    if stage.watched_s is None or stage.needed_s is None:
        return f"{stage.seen}; it is not known for how long that was watched"
    return f"{stage.seen}, watched for only {stage.watched_s:.0f} s of {stage.needed_s:.0f} s"


def _relapse(history: History) -> str | None:
    """Return how the incident came back before its load was brought back, or None when it did not."""
    recovered, again = history.milestone("recovered"), history.milestone("load again")
    if recovered is None or again is None:
        return None
    fired = history.milestone("firing", after_s=recovered)
    if fired is None or fired >= again:
        return None
    return f"the alert fired again {fired - recovered:.0f} s after the recovery, under the load that had stayed"


def unexpected_lasting(history: History) -> str | None:
    """Return how the recovery lasts otherwise than its scenario says, or None where it does as expected."""
    expected, found = history.head.expected_lasting, durability(history)
    seen = found.verdict if found else "not tried"
    if expected is None or seen == expected:
        return None
    told = f": the same load again: {found.load}; after a restart: {found.restart}" if found else ""
    return f"expected a {expected}, saw {seen}{told}"
