"""What the page shows of each row of the runbook: its line in the matrix, and the evidence below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.common.wording import minutes
from drills.record.verdicts import ARMS, DOCUMENTED, ORIGINAL, PLACEBO
from drills.reports import page_words, phrases
from drills.reports.chart_series import Scales, axis_name
from drills.reports.findings import findings
from drills.reports.page_chart import NARROW, WIDE, Drawing, described, drawing
from drills.reports.page_groups import Group, group_of
from drills.reports.page_noise import measured_noise
from drills.reports.page_transcript import transcript
from drills.reports.proposed_edit import edit_of
from drills.reports.times import timing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from drills.record.arm_verdict import ArmVerdict
    from drills.record.history import History
    from drills.reports.collect import Cause, Run
    from drills.reports.findings import Finding
    from drills.reports.page_transcript import Typed
    from drills.reports.proposed_edit import Edit

ARM_NAMES = {
    DOCUMENTED: "The documented solution",
    ORIGINAL: "The solution as first documented",
    PLACEBO: "Placebo: everything but the solution",
}
Fact = tuple[str, str]


@dataclass(frozen=True)
class Arm:
    """An arm of a row, with what was typed and the drawings of its metric, one a width."""

    verdict: ArmVerdict
    name: str
    badge: str
    tone: str
    aside: str
    axis: str
    described: str
    drawings: tuple[Drawing, ...]
    typed: tuple[Typed, ...]
    facts: tuple[Fact, ...]

    @property
    def marked(self) -> tuple[Typed, ...]:
        """The commands that have a number in the drawings."""
        return tuple(each for each in self.typed if each.number)

    @property
    def failed(self) -> int:
        """How many commands ended otherwise than well."""
        return sum(each.failed for each in self.typed)


@dataclass(frozen=True)
class Row:
    """A row of the runbook: *solution* is None where its documented arm has no verdict."""

    cause: Cause
    group: Group
    solution: ArmVerdict | None
    badge: str
    aside: str
    cells: tuple[Fact, ...]
    arms: tuple[Arm, ...]
    finding: Finding | None
    edit: Edit | None
    anchor: str


def rows(run: Run, histories: Mapping[str, History]) -> Iterator[Row]:
    """Yield the rows in the order of causes; *histories* has the record of each arm by its evidence."""
    found = {finding.cause: finding for finding in findings(run)}
    for cause in run.causes:
        arms = [v for arm in ARMS if (v := run.of(cause.id, arm))]
        finding = found.get(cause.id)
        solution = run.of(cause.id, DOCUMENTED)
        yield Row(
            cause=cause,
            group=group_of(run, cause),
            solution=solution,
            badge=run.standing(cause.id) or "not drilled",
            aside=_aside(solution),
            cells=tuple(_cells(run, cause, solution)),
            arms=tuple(_arms(arms, histories)),
            finding=finding,
            edit=edit_of(finding) if finding else None,
            anchor=f"row-{cause.id}",
        )


def _aside(solution: ArmVerdict | None) -> str:
    """Word in the cell of the verdict whether it lasts, and whether another one was expected."""
    if solution is None:
        return ""
    lasting = phrases.lasting(solution)
    return ", ".join(part for part in ("" if lasting == phrases.NEVER else lasting, phrases.surprise(solution)) if part)


def _cells(run: Run, cause: Cause, solution: ArmVerdict | None) -> Iterator[Fact]:
    """Yield the cells after the verdict, each with the heading of its column."""
    placebo = run.of(cause.id, PLACEBO)
    yield "TTD", phrases.seconds(solution.ttd_s) if solution else phrases.NEVER
    yield "TTR", phrases.seconds(solution.ttr_s) if solution else phrases.NEVER
    yield "Documented", _documented(solution) if solution else phrases.NEVER
    yield "Losses", page_words.losses(solution) if solution else phrases.NEVER
    yield "Chance", page_words.chance(solution) if solution else phrases.NEVER
    yield "Placebo", page_words.placebo(placebo)


def _documented(solution: ArmVerdict) -> str:
    timed = timing(solution)
    stands = minutes(solution.documented_minutes)
    if timed is None:
        return stands
    return f"{stands}: {timed.judgement}" + (f", propose {minutes(timed.proposed)}" if timed.proposed else "")


def _arms(verdicts: list[ArmVerdict], histories: Mapping[str, History]) -> Iterator[Arm]:
    scales = Scales.of([histories[verdict.evidence] for verdict in verdicts]) if verdicts else None
    for verdict in verdicts:
        history = histories[verdict.evidence]
        typed = transcript(history)
        yield Arm(
            verdict=verdict,
            name=ARM_NAMES[verdict.arm],
            badge=page_words.badge(verdict),
            tone=page_words.tone(verdict),
            aside=page_words.as_it_should(verdict),
            axis=axis_name(history),
            described=described(history),
            drawings=tuple(drawing(history, typed, scales, size) for size in (WIDE, NARROW)) if scales else (),
            typed=typed,
            facts=tuple(_facts(verdict, history)),
        )


def _facts(verdict: ArmVerdict, history: History) -> Iterator[Fact]:
    """Yield what was measured and judged of an arm, each with its name."""
    yield "Alert", f"{verdict.alert}, firing {phrases.seconds(verdict.ttd_s)} after the fault"
    if verdict.arm == PLACEBO:
        yield "Watched", phrases.watch(verdict)
    else:
        yield from _of_solution(verdict)
    yield "Losses", "; ".join(page_words.all_losses(verdict)) or "not counted"
    if verdict.symptom:
        yield "Diagnosis", f"{verdict.symptom.command}: {phrases.diagnosis(verdict)}"
    for promise in verdict.promises or ():
        kind = "Promised" if promise.place == "verification" else "Gone again"
        yield f"{kind}, line {promise.line}", f"{promise.text}: {phrases.kept(promise)}"
    yield "Noise", measured_noise(history)


def _of_solution(verdict: ArmVerdict) -> Iterator[Fact]:
    yield "Time", phrases.time(verdict)
    yield "Chance", phrases.evidence_strength(verdict)
    yield "Lasting", phrases.durability(verdict)
    yield "The rest of the system", phrases.settled(verdict)
