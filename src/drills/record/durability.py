"""Judge whether a recorded recovery lasted, under the same load again and after a restart. Pure."""

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
    held = [stage.held for stage in stages.values()]
    verdict = RELIEF if False in held else CURE if held == [True, True] else UNKNOWN
    load = stages["load"].seen if "load" in stages else "not tried"
    restart = stages["restart"].seen if "restart" in stages else "not tried"
    relapse = _relapse(history)
    return Durability(verdict=RELIEF if relapse else verdict, load=relapse or load, restart=restart)


def _relapse(history: History) -> str | None:
    """Return how the incident came back before its load was brought back, or None when it did not."""
    recovered, again = history.milestone("recovered"), history.milestone("load again")
    if recovered is None or again is None:
        return None
    fired = history.milestone("firing", after_s=recovered)
    if fired is None or fired >= again:
        return None
    return f"the alert fired again {fired - recovered:.0f} s after the recovery, under the load that had stayed"
