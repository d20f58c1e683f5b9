"""How a verdict's figures are worded for people, the same in the page and in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.collect import ARMS, STAYED_BAD

if TYPE_CHECKING:
    from reports.collect import Run
    from reports.verdict import Verdict

NOTHING = "—"
SECONDS_A_MINUTE = 60.0
LOSS_WORDS = {
    "jobs": "jobs lost",
    "duplicates": "jobs done twice",
    "sessions": "sessions lost",
    "rows": "rows lost",
    "requests_failed": "requests failed",
}


def seconds(value_s: float | None) -> str:
    """Word a time in seconds, or a dash for one that was never reached."""
    return NOTHING if value_s is None else f"{value_s:.1f} s"


def documented(verdict: Verdict) -> str:
    """Word the runbook's time for the solution, in minutes."""
    low, high = verdict.documented_minutes
    return f"{low:g} min" if low == high else f"{low:g}–{high:g} min"  # noqa: RUF001 - a range of numbers


def within(verdict: Verdict) -> bool | None:
    """Tell whether the solution took no longer than documented; None when it was not timed."""
    if verdict.action_s is None:
        return None
    return verdict.action_s <= verdict.documented_minutes[1] * SECONDS_A_MINUTE


def action(verdict: Verdict) -> str:
    """Word how long the solution took beside how long the runbook says it takes."""
    judgement = {True: "within", False: "over", None: "not timed against"}[within(verdict)]
    return f"{seconds(verdict.action_s)}, {judgement} {documented(verdict)}"


def losses(verdict: Verdict) -> str:
    """Word what was lost; what was not measured is said to be unknown, never none."""
    unknown = [LOSS_WORDS[kind] for kind, count in verdict.losses if count is None]
    lost = [f"{count} {LOSS_WORDS[kind]}" for kind, count in verdict.losses if count]
    words = [*lost, *(f"unknown: {word}" for word in unknown)]
    return ", ".join(words) or "none"


def placebo(run: Run, cause: str) -> str:
    """Word what doing nothing did for *cause*."""
    verdict = run.of(cause, ARMS[1])
    if verdict is None:
        return "not run"
    return "stayed bad" if verdict.verdict == STAYED_BAD else verdict.verdict


def standing(run: Run, verdict: Verdict, between: str = ", ") -> str:
    """Word a documented arm's verdict, with what the placebo makes of it and whether it was expected."""
    known = run.standing(verdict.cause)
    doubt = "" if known == verdict.verdict else f"but {known}"
    return between.join(part for part in (verdict.verdict, doubt, surprise(verdict)) if part)


def surprise(verdict: Verdict) -> str:
    """Word a verdict other than the expected one; empty when it is as expected."""
    return "" if verdict.verdict == verdict.expected else f"expected {verdict.expected}"


def summary(run: Run) -> str:
    """Word the whole table in sentences that a person can sign."""
    causes = run.causes
    standings = [standing for cause in causes if (standing := run.standing(cause.id))]
    of_all = f"Of {len(causes)} causes" if run.coverage else f"Of the {len(causes)} causes recorded here"
    counts = ", ".join(f"{standings.count(word)} {word}" for word in dict.fromkeys(sorted(standings)))
    told = f"{of_all}, {len(standings)} drilled: {counts or 'none judged'}; {len(causes) - len(standings)} not drilled."
    timed = [judgement for v in run.verdicts if v.arm == ARMS[0] and (judgement := within(v)) is not None]
    return f"{told} {sum(timed)} of {len(timed)} timed solutions took no longer than documented."
