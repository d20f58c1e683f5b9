"""How likely it is that what was seen came about without a cure, by the clients' counts; above CHANCE it is no proof.

An error rate of a few requests may come under its target by luck; a gauge, such as a queue's depth, does not.
"""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from drills.record.format import Recorded
from drills.record.head import Count
from drills.record.measurements import Traffic
from drills.record.signal_quality import recovered_at, seen_until
from drills.record.verdicts import Arm

if TYPE_CHECKING:
    from drills.record.history import History

CHANCE = 0.001
"""A recovery that is more likely than this without a cure is none."""
COUNTED = ("error_rate", "authentication")
"""Quantities made of requests that fail; a sign-in that fails is such a request of the traffic."""
PERCENTILE = "response_time_p95"
"""Made of requests that are slow."""
Met = Literal["failed", "slow"]
"""How a fault meets a request."""


class EvidenceStrength(Recorded):
    """An exact test of the requests that the fault met before the first command, and since the recovery."""

    needed: bool = Field(description="whether chance can explain such a metric; false for a gauge")
    p: float | None = Field(description="the probability of so few of them by chance; null: not needed, or no counts")
    failed_before: Count | None = Field(description="requests met by it from the fault to the first command")
    sent_before: Count | None = Field(description="requests that were sent in that time")
    failed_after: Count | None = Field(
        description="requests met by it from the recovery on, while the drill looked at the system"
    )
    sent_after: Count | None = Field(description="requests that were sent in that time")
    counted: Met = Field(default="failed", description="how the fault meets a request: it failed, or was slow")


def evidence_strength(history: History) -> EvidenceStrength | None:
    """Return how strong the evidence of a recovery is; None where there is none to speak of."""
    recovered = recovered_at(history)
    if recovered is None or history.head.arm is Arm.PLACEBO:
        return None
    met = met_as(history.head.quantity)
    what, needed = met or "failed", met is not None
    before = counts(history, what, history.milestone("injected") or 0.0, history.milestone("acted") or 0.0)
    after = counts(history, what, recovered, seen_until(history))
    if not needed or before is None or after is None:
        return EvidenceStrength(
            needed=needed,
            p=None,
            failed_before=None,
            sent_before=None,
            failed_after=None,
            sent_after=None,
            counted=what,
        )
    return EvidenceStrength(
        needed=True,
        p=float(f"{fisher(*before, *after):.3g}"),
        failed_before=before[0],
        sent_before=before[1],
        failed_after=after[0],
        sent_after=after[1],
        counted=what,
    )


def met_as(quantity: str) -> Met | None:
    """Return how the fault of an incident of this *quantity* meets a request; None for a gauge, which has none."""
    if quantity == PERCENTILE:
        return "slow"
    return "failed" if quantity in COUNTED else None


def chance(history: History) -> str | None:
    """Return why chance explains a recovery as well as the solution does, or None."""
    found = evidence_strength(history)
    if found is None or not found.needed or (found.p is not None and found.p <= CHANCE):
        return None
    if found.p is None:
        return f"how likely the recovery is by chance is not known: the {found.counted} requests were not counted"
    before = f"{found.failed_before} of {found.sent_before} {found.counted} before"
    return f"too few requests to tell: {before}, {found.failed_after} of {found.sent_after} after, p = {found.p:.2g}"


def fisher(failed_before: int, sent_before: int, failed_after: int, sent_after: int) -> float:
    """Return how likely at most *failed_after* failures are, were all of both times dealt out by chance."""
    failed, sent = failed_before + failed_after, sent_before + sent_after
    ways = sum(comb(failed, k) * comb(sent - failed, sent_after - k) for k in range(failed_after + 1))
    return ways / comb(sent, sent_after)


def counts(history: History, what: Met, start_s: float, end_s: float) -> tuple[int, int] | None:
    """Return (met, sent) between two moments, of events that lie wholly in it; None where one has no such count.

    An answer may come after its request was counted as sent, so no more are met than were sent.
    """
    met: list[int | None] = []
    sent: list[int | None] = []
    last = 0.0
    for each in history.of(Traffic):
        if start_s <= last and each.t <= end_s:
            met.append(getattr(each, what))
            sent.append(each.sent)
        last = each.t
    if None in (*met, *sent):
        return None
    all_met, all_sent = (sum(n for n in numbers if n is not None) for numbers in (met, sent))
    return min(all_met, all_sent), all_sent
