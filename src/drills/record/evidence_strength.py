"""How likely it is that what was seen came about without a cure, by the clients' counts; it gates nothing yet.

An error rate of a few requests may come under its target by luck; a gauge, such as a queue's depth, does not.
"""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

from pydantic import Field

from drills.record.events import Traffic
from drills.record.format import Recorded
from drills.record.head import Count
from drills.record.signal_quality import recovered_at, watched_until
from drills.record.verdicts import Arm

if TYPE_CHECKING:
    from drills.record.history import History

COUNTED = ("error_rate", "authentication")
"""Quantities made of requests that fail."""
PERCENTILE = "response_time_p95"
"""Made of requests that are slow; a record has no count of them."""
RATE_S = 2.0
"""A recorded rate is that of this many seconds before it."""


class EvidenceStrength(Recorded):
    """An exact test of the clients' failures before the first command against those while the metric held."""

    needed: bool = Field(description="whether chance can explain such a metric; false for a gauge")
    p: float | None = Field(description="the probability of so few failures by chance; null: not needed, or no counts")
    failed_before: Count | None = Field(description="requests that failed from the fault to the first command")
    sent_before: Count | None = Field(description="requests that were sent in that time")
    failed_after: Count | None = Field(description="requests that failed while the metric held its target")
    sent_after: Count | None = Field(description="requests that were sent in that time")


def evidence_strength(history: History) -> EvidenceStrength | None:
    """Return how strong the evidence of a recovery is; None where there is none to speak of."""
    recovered = recovered_at(history)
    if recovered is None or history.head.arm is Arm.PLACEBO:
        return None
    if history.head.quantity not in COUNTED:
        needed = history.head.quantity == PERCENTILE
        return EvidenceStrength(
            needed=needed, p=None, failed_before=None, sent_before=None, failed_after=None, sent_after=None
        )
    before = _counts(history, history.milestone("injected") or 0.0, history.milestone("acted") or 0.0)
    after = _counts(history, recovered + RATE_S, watched_until(history))
    return EvidenceStrength(
        needed=True,
        p=float(f"{fisher(*before, *after):.3g}"),
        failed_before=before[0],
        sent_before=before[1],
        failed_after=after[0],
        sent_after=after[1],
    )


def fisher(failed_before: int, sent_before: int, failed_after: int, sent_after: int) -> float:
    """Return how likely at most *failed_after* failures are, were all of both times dealt out by chance."""
    failed, sent = failed_before + failed_after, sent_before + sent_after
    ways = sum(comb(failed, k) * comb(sent - failed, sent_after - k) for k in range(failed_after + 1))
    return ways / comb(sent, sent_after)


def _counts(history: History, start_s: float, end_s: float) -> tuple[int, int]:
    """Return (failed, sent) between two moments; what rates reach back for at the begin makes the test no sharper."""
    last, failed, sent = start_s, 0.0, 0.0
    for each in history.of(Traffic):
        if start_s <= each.t <= end_s:
            covered_s = min(RATE_S, each.t - last)
            failed, sent, last = failed + each.failed_rps * covered_s, sent + each.achieved_rps * covered_s, each.t
    return min(round(failed), round(sent)), round(sent)
