"""Find what is wrong with the runbook by its drills: one finding for each cause that has one, with its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.common.wording import minutes
from drills.record.durability import RELIEF
from drills.record.verdicts import DOCUMENTED, ORIGINAL, RECOVERED, Verdict
from drills.reports import phrases
from drills.reports.times import timing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.record.arm_verdict import ArmVerdict
    from drills.reports.collect import Cause, Run
    from drills.reports.times import Minutes

CONFIRMED = "CONFIRMED"
UNJUDGED = ("UNKNOWN", "INVALID", "DIRTY")
"""Verdicts that say something of the drill and nothing of the runbook."""


@dataclass(frozen=True)
class Finding:
    """A row of the runbook with which something is wrong, or of which this run proves nothing.

    *standing* is what is known of the documented solution beside its placebo (None where it was not drilled).
    *reasons* are sentences, *advice* is for the person on call before the row is corrected.
    """

    cause: str
    name: str
    documented: ArmVerdict | None
    original: ArmVerdict | None
    standing: str | None
    reasons: tuple[str, ...]

    @property
    def title(self) -> str:
        """Name the row."""
        return f"{self.cause} {self.name}"

    @property
    def what(self) -> str:
        """Return what the scenario says is wrong with the row; empty where it says nothing."""
        return next((v.finding for v in (self.original, self.documented) if v and v.finding), "")

    @property
    def solutions(self) -> list[tuple[str, ArmVerdict]]:
        """Return the solutions that were drilled, each with a heading: as first documented, then as it stands now."""
        now = "Corrected" if self.original else "As documented"
        headed = ((phrases.AS_FIRST.capitalize(), self.original), (now, self.documented))
        return [(heading, verdict) for heading, verdict in headed if verdict]

    @property
    def corrected(self) -> bool:
        """Whether the row as first documented fell short, and its correction was confirmed beside it."""
        return self.original is not None and _short(self.original) and self.standing == CONFIRMED

    @property
    def relieves(self) -> bool:
        """Whether the documented solution was seen not to last."""
        return self.documented is not None and _relieves(self.documented)

    @property
    def advice(self) -> str:
        """Say what the person on call does with the row."""
        if self.standing in UNJUDGED:
            return "This run proves nothing about the row: read the reason, mend the drill, run it again."
        if self.standing not in RECOVERED:
            return _NOT_RECOVERED[self.standing]
        return " ".join(self._use())

    @property
    def new_time(self) -> Minutes | None:
        """Return the minutes to document instead of those that are wrong."""
        timed = timing(self.documented) if self.documented else None
        return timed.proposed if timed else None

    def _use(self) -> Iterator[str]:
        yield "Type the corrected commands." if self.corrected else "The documented commands bring the metric back."
        if self.documented and self.standing != CONFIRMED:
            yield f"They cost: {phrases.losses(self.documented)}."
        if self.relieves:
            yield "Expect it to come back: they relieve and do not cure."
        if self.new_time:
            yield f"Allow {minutes(self.new_time)}."


_NOT_RECOVERED = {
    None: "The corrected commands were not drilled in this run.",
    "REFUTED": "Do not rely on the documented commands: they did not bring the system back. Escalate.",
    "NOT RUN": "The documented commands were not tried: one of them did not run. Correct that line, drill it again.",
    "SPONTANEOUS": "The documented commands prove nothing: the metric came back without them as well.",
    "UNPROVEN": "It is unknown whether the commands help: no placebo stayed bad beside them. Hold the placebo, too.",
}


def findings(run: Run) -> tuple[Finding, ...]:
    """Return a finding for each cause that has a reason, in the order of causes."""
    judged = (_finding(run, cause) for cause in run.causes)
    return tuple(finding for finding in judged if finding.reasons)


def _finding(run: Run, cause: Cause) -> Finding:
    documented, original = run.of(cause.id, DOCUMENTED), run.of(cause.id, ORIGINAL)
    standing = run.standing(cause.id)
    reasons = (*_of_original(original), *_of_documented(documented, standing))
    return Finding(cause.id, cause.name, documented, original, standing, reasons)


def _of_original(original: ArmVerdict | None) -> Iterator[str]:
    if original is None:
        return
    yield f"As first documented: {_judged(original)}."
    if _relieves(original):
        yield "It relieved and did not cure."
    elif original.verdict in (*UNJUDGED, Verdict.UNPROVEN, Verdict.NOT_RUN):
        yield "So this run proves nothing about the row as first documented."
    elif not _short(original):
        yield "So nothing is wrong with the row as first documented in this run."


def _of_documented(documented: ArmVerdict | None, standing: str | None) -> Iterator[str]:
    if documented is None:
        return
    if documented.verdict != CONFIRMED:
        yield f"As documented now: {_judged(documented)}."
    elif standing == "SPONTANEOUS":
        yield "As documented now: SPONTANEOUS, the metric came back under the placebo as well."
    if _relieves(documented):
        yield "As documented now, it relieves and does not cure."
    if documented.symptom and not documented.symptom.proved:
        yield "No reading of the investigation proved the diagnosis."
    timed = timing(documented)
    if timed and timed.proposed:
        yield f"The documented time is wrong: {phrases.time(documented)}."


def _judged(verdict: ArmVerdict) -> str:
    surprise = phrases.surprise(verdict)
    if verdict.verdict is Verdict.NOT_RUN:
        return f"did not run{f' ({surprise})' if surprise else ''}, {verdict.reason.rstrip('.')}"
    return f"{verdict.verdict}{f' ({surprise})' if surprise else ''}, {verdict.reason.rstrip('.')}"


def _short(original: ArmVerdict) -> bool:
    return original.verdict in ("REFUTED", "CONFIRMED_WITH_LOSS") or _relieves(original)


def _relieves(verdict: ArmVerdict) -> bool:
    return phrases.lasting(verdict) == RELIEF
