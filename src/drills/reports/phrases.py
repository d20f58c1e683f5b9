"""Word a verdict's figures, the same in the pages and in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.common.wording import minutes
from drills.record.durability import CURE, RELIEF
from drills.record.verdicts import DOCUMENTED, PLACEBO, RECOVERED
from drills.reports.collect import STAYED_BAD
from drills.reports.times import timing

if TYPE_CHECKING:
    from drills.record.arm_verdict import ArmVerdict
    from drills.record.promises import JudgedPromise
    from drills.reports.collect import Run

NEVER = "—"
PLAIN = 0.001
"""A probability below this needs no figure."""
AS_FIRST = "as first documented"


def seconds(value_s: float | None) -> str:
    """Word a time in seconds, or a dash for one that was never reached."""
    return NEVER if value_s is None else f"{value_s:.1f} s"


def documented(verdict: ArmVerdict) -> str:
    """Word the runbook's time for the solution beside what was measured, and what it should say where it is wrong."""
    stands = minutes(verdict.documented_minutes)
    timed = timing(verdict)
    if timed is None:
        return f"{stands}, not timed"
    if timed.proposed:
        return f"{stands}, wrong: propose {minutes(timed.proposed)}"
    return f"{stands}, {timed.judgement}"


def time(verdict: ArmVerdict) -> str:
    """Word in a sentence how the measured time stands to the documented one."""
    stands = f"the runbook says {minutes(verdict.documented_minutes)}"
    timed = timing(verdict)
    if timed is None:
        return f"{stands}; not timed, because nothing was seen to recover by these commands"
    took = f"{seconds(timed.measured_s)} from the first command until the metric was back and the last command done"
    if timed.proposed:
        return f"{took}; {stands}: longer than documented, propose {minutes(timed.proposed)}"
    if timed.judgement == "faster":
        return f"{took}; {stands}: faster than documented here; the document may keep its margin"
    return f"{took}; {stands}: within it"


def scaled_times(run: Run) -> str:
    """Say which part of a time is physical when the windows are scaled."""
    if run.time_scale == 1:
        return "Times are physical, with every window at its documented length."
    return (
        "Commands, restarts and backlogs take physical seconds, and these are held to the documented minutes as they "
        f"are. The metric's own window is {run.time_scale:g} times shorter than documented: where the metric is a rate "
        "over a window, it comes back later in production, by up to that window. That part was not measured."
    )


def losses(verdict: ArmVerdict) -> str:
    """Word what was lost; what was not measured is said to be unknown, never none."""
    if not verdict.losses:
        return "unknown"
    unknown = [loss.kind for loss in verdict.losses if loss.count is None]
    lost = [f"{loss.count} {loss.kind}" for loss in verdict.losses if loss.count]
    return ", ".join([*lost, *([f"unknown: {', '.join(unknown)}"] if unknown else [])]) or "none"


def lasting(verdict: ArmVerdict) -> str:
    """Word whether the solution is a cure or a relief; a dash where that was not seen, or nothing recovered."""
    judged = verdict.durability.verdict if verdict.durability and verdict.verdict in RECOVERED else None
    return judged if judged in (CURE, RELIEF) else NEVER


def evidence_strength(verdict: ArmVerdict) -> str:
    """Word how unlikely it is that the requests met by the fault became fewer by chance, with their counts."""
    found = verdict.evidence_strength
    if found is None:
        return NEVER
    if not found.needed:
        return "none needed"
    if found.p is None:
        return f"unknown: {found.counted} requests were not counted"
    before = f"{found.failed_before} of {found.sent_before} {found.counted} before"
    counts = f"{before}, {found.failed_after} of {found.sent_after} after"
    return f"{'p below 0.001' if found.p < PLAIN else f'p = {found.p:.2g}'}, {counts}"


def durability(verdict: ArmVerdict) -> str:
    """Word what was seen after the recovery."""
    seen = verdict.durability
    if seen is None:
        return "not looked at"
    judged = str(seen.verdict) if verdict.verdict in RECOVERED else "no recovery that could last"
    if verdict.expected_lasting not in (None, seen.verdict):
        judged = f"{judged}, expected {verdict.expected_lasting}"
    return f"{judged}; the same load again: {seen.load}; after a restart of the service: {seen.restart}"


def diagnosis(verdict: ArmVerdict) -> str:
    """Word the reading that should prove the diagnosis, without the command that it comes from."""
    symptom = verdict.symptom
    if symptom is None:
        return "no reading was recorded"
    if symptom.proved is None:
        return "the reading was not taken, so nothing proved the diagnosis"
    seen = f"{symptom.normal} before, {symptom.abnormal} during the fault"
    if symptom.proved:
        return f"it {symptom.change}, {seen}: this proves the diagnosis"
    return f"expected that it {symptom.change}, found {seen}: no reading proved the diagnosis"


def kept(promise: JudgedPromise) -> str:
    """Word what came of a promise of the runbook, "not judged" included."""
    if not promise.judged:
        return f"not judged: {promise.seen}"
    return f"{ {True: 'kept', False: 'not kept', None: 'not seen'}[promise.kept] }: {promise.seen}"


def placebo(run: Run, cause: str) -> str:
    """Word what the placebo did for *cause*."""
    verdict = run.of(cause, PLACEBO)
    if verdict is None:
        return "not run"
    said = "stayed bad" if verdict.verdict == STAYED_BAD else str(verdict.verdict)
    return f"{said}, {watch(verdict)}" if verdict.watch else said


def watch(verdict: ArmVerdict) -> str:
    """Word for how long a placebo was watched, and when its metric comes back by itself."""
    seen = verdict.watch
    if seen is None:
        return NEVER
    back = "" if seen.back_s is None else f", back after {seen.back_s:.0f} s"
    return f"watched {seen.watched_s:.0f} s of {seen.documented_s:.0f} s{back}"


def settled(verdict: ArmVerdict) -> str:
    """Word whether the rest of the system was as before after a recovery."""
    if verdict.settled_s is None:
        return "not seen to be as before"
    return f"as before from {verdict.settled_s:.1f} s after the watching on"


def standing(run: Run, verdict: ArmVerdict, between: str = ", ") -> str:
    """Word a solution's verdict, with what the placebo makes of it and whether it was expected."""
    known = run.standing(verdict.cause, verdict.arm)
    doubt = "" if known == verdict.verdict or verdict.arm == PLACEBO else f"but {known}"
    return between.join(part for part in (verdict.verdict, doubt, surprise(verdict)) if part)


def measured(run: Run, verdict: ArmVerdict | None) -> str:
    """Word what was measured of a solution in one cell: verdict, recovery, losses, and whether it lasts."""
    if verdict is None:
        return NEVER
    recovery = "the metric did not come back" if verdict.ttr_s is None else f"back after {seconds(verdict.ttr_s)}"
    lasts = durability(verdict) if lasting(verdict) == RELIEF else ""
    return "; ".join(part for part in (standing(run, verdict), recovery, f"losses: {losses(verdict)}", lasts) if part)


def surprise(verdict: ArmVerdict) -> str:
    """Word a verdict other than the expected one; empty when it is as expected."""
    return "" if verdict.verdict == verdict.expected_verdict else f"expected {verdict.expected_verdict}"


def summary(run: Run) -> str:
    """Word the whole table in sentences that a person can sign."""
    causes = run.causes
    standings = [standing for cause in causes if (standing := run.standing(cause.id))]
    of_all = f"Of {len(causes)} causes" if run.coverage else f"Of the {len(causes)} causes recorded here"
    counts = ", ".join(f"{standings.count(word)} {word}" for word in dict.fromkeys(sorted(standings)))
    drilled = (
        f"{of_all}, {len(standings)} drilled: {counts or 'none judged'}; {len(causes) - len(standings)} not drilled."
    )
    return " ".join(part for part in (drilled, _lasting_summary(run), _time_summary(run)) if part)


def _lasting_summary(run: Run) -> str:
    judged = [lasting(v) for v in run.verdicts if v.arm == DOCUMENTED]
    counts = [f"{judged.count(word)} {word}" for word in (CURE, RELIEF) if word in judged]
    return f"Lasting: {', '.join(counts)}." if counts else ""


def _time_summary(run: Run) -> str:
    timed = [solution for v in run.verdicts if v.arm == DOCUMENTED and (solution := timing(v))]
    kept = sum(solution.judgement != "longer" for solution in timed)
    return f"{kept} of {len(timed)} timed solutions took no longer than documented."
