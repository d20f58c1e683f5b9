"""Word a verdict's figures for the one page: losses with their share, and what is as it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.record.verdicts import DOCUMENTED, PLACEBO
from drills.reports import phrases
from drills.reports.collect import STAYED_BAD

if TYPE_CHECKING:
    from drills.record.arm_verdict import ArmVerdict
    from drills.record.events import Loss

BY_ITSELF = "SPONTANEOUS"
PER_CENT = 100


def share(loss: Loss) -> str:
    """Word one kind of loss with how much there was to lose, where that was counted."""
    if loss.count is None:
        return f"{loss.kind}: unknown"
    if not loss.of:
        return f"{loss.count:,} {loss.kind}"
    part = f" ({PER_CENT * loss.count / loss.of:.1f} %)" if loss.count else ""
    return f"{loss.count:,} of {loss.of:,} {loss.kind}{part}"


def losses(verdict: ArmVerdict) -> str:
    """Word what was lost: what was promised first, then what the incident itself cost."""
    if not verdict.losses:
        return "not counted"
    return "; ".join([_promised(verdict), *_the_incidents(verdict)])


def all_losses(verdict: ArmVerdict) -> list[str]:
    """Word every kind, also that of which nothing was lost."""
    unknown = ", ".join(loss.kind for loss in verdict.losses if loss.count is None)
    counts = [share(loss) for loss in verdict.losses if loss.count is not None]
    return [*counts, *([f"unknown: {unknown}"] if unknown else [])]


def badge(verdict: ArmVerdict) -> str:
    """Word the verdict on an arm; a placebo that stayed bad is no failure."""
    if verdict.arm == PLACEBO and verdict.verdict == STAYED_BAD:
        return "Stayed bad"
    if verdict.arm == PLACEBO and verdict.verdict == BY_ITSELF:
        return "Recovered by itself"
    return str(verdict.verdict)


def as_it_should(verdict: ArmVerdict) -> str:
    """Say beside the verdict whether it is the expected one, and why that is good where it sounds bad."""
    if phrases.surprise(verdict):
        return phrases.surprise(verdict)
    if verdict.arm == PLACEBO and verdict.verdict == STAYED_BAD:
        return "as it should: doing nothing did not help"
    if verdict.arm != DOCUMENTED and verdict.verdict != "CONFIRMED":
        return "as expected of the row as first documented"
    return "as expected"


def tone(verdict: ArmVerdict) -> str:
    """Return the class that colours the verdict of an arm: calm where it is what it should be."""
    if phrases.surprise(verdict):
        return "unexpected"
    if verdict.arm == PLACEBO:
        return "calm"
    return str(verdict.verdict).lower().replace(" ", "-").replace("_", "-")


def chance(verdict: ArmVerdict) -> str:
    """Word the probability of such a recovery by chance in one cell."""
    found = verdict.evidence_strength
    if found is None:
        return phrases.NEVER
    if not found.needed:
        return "gauge"
    if found.p is None:
        return "unknown"
    return f"p < {phrases.PLAIN:g}" if found.p < phrases.PLAIN else f"p = {found.p:.2g}"


def placebo(verdict: ArmVerdict | None) -> str:
    """Word in one cell what doing nothing did."""
    if verdict is None:
        return "not held"
    return f"{badge(verdict)}, {as_it_should(verdict).partition(':')[0]}"


def _promised(verdict: ArmVerdict) -> str:
    promised = [loss for loss in verdict.losses if loss.promised]
    worth = [share(loss) for loss in promised if loss.count != 0]
    return ", ".join(worth) or ("nothing promised lost" if promised else "nothing was promised")


def _the_incidents(verdict: ArmVerdict) -> list[str]:
    return [share(loss) for loss in verdict.losses if not loss.promised and loss.count != 0]
