"""Everything one run left behind, put together: verdicts, what is not drilled yet, and what does not count."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.reports.json_fields import RecordError, read_object
from drills.reports.record import HISTORY, read_history
from drills.reports.verdict import ARMS, DOCUMENTED, PLACEBO, RECOVERED, VERDICT, read_verdict

if TYPE_CHECKING:
    from pathlib import Path

    from drills.reports.record import Runbook
    from drills.reports.verdict import Verdict

DRILLS = "drills"
COVERAGE = "coverage.json"
STAYED_BAD = "REFUTED"
UNPROVEN = "UNPROVEN"


@dataclass(frozen=True)
class Cause:
    """A cause that the runbook names, drilled or not."""

    id: str
    incident: str
    name: str


@dataclass(frozen=True)
class Coverage:
    """All causes of the runbook, and the ids of those that have a drill."""

    causes: tuple[Cause, ...]
    drilled: frozenset[str]


@dataclass(frozen=True)
class Run:
    """The verdicts recorded at one time scale with one runbook, in the order of causes and arms.

    *first_at* and *last_at* are the wall-clock starts (ISO 8601) of the first and the last drill. *coverage* is
    None when nobody wrote it down. *problems* has a sentence for each record that cannot be read, *notes* one for
    each thing that is in order and still does not count.
    """

    time_scale: float
    runbook: Runbook
    verdicts: tuple[Verdict, ...]
    coverage: Coverage | None
    first_at: str
    last_at: str
    problems: tuple[str, ...]
    notes: tuple[str, ...]

    def of(self, cause: str, arm: str) -> Verdict | None:
        """Return the verdict on one arm of *cause*, or None where it was not run."""
        return next((v for v in self.verdicts if (v.cause, v.arm) == (cause, arm)), None)

    def standing(self, cause: str, arm: str = DOCUMENTED) -> str | None:
        """Return what is known of a solution of *cause* beside its placebo, or None where it was not drilled.

        A recovery counts only beside a placebo that stayed bad: the placebo's own recovery makes it SPONTANEOUS,
        and without a placebo that was judged it is UNPROVEN.
        """
        solution, placebo = self.of(cause, arm), self.of(cause, PLACEBO)
        if solution is None or solution.verdict not in RECOVERED:
            return solution.verdict if solution else None
        if placebo is not None and placebo.verdict in (*RECOVERED, "SPONTANEOUS"):
            return "SPONTANEOUS"
        return solution.verdict if placebo is not None and placebo.verdict == STAYED_BAD else UNPROVEN

    @property
    def causes(self) -> tuple[Cause, ...]:
        """All known causes: those of the coverage and those that have a verdict."""
        known = {cause.id: cause for cause in (self.coverage.causes if self.coverage else ())}
        for v in self.verdicts:
            known.setdefault(v.cause, Cause(v.cause, str(v.incident), v.cause_name))
        return tuple(sorted(known.values(), key=lambda cause: cause_order(cause.id)))


def collect(output: Path) -> Run:
    """Read what a run recorded under *output*.

    Rows belong together only at one time scale and with one runbook: those of the latest drill. What was
    recorded otherwise is named in the notes, what cannot be read among the problems. Raises RecordError when no
    verdict can be read at all.
    """
    found: list[tuple[str, Verdict]] = []
    problems: list[str] = []
    for folder in drill_folders(output):
        try:
            # The whole history: a verdict whose evidence cannot be read does not count.
            found.append((read_history(folder).drill.at, _judged(folder)))
        except RecordError as error:
            problems.append(str(error).replace(f"{output}/", ""))
    if not found:
        seen = problems[0] if problems else f"there is no {HISTORY} in any folder of {output / DRILLS}."
        raise RecordError(f"{output}: expected a judged drill, found none; run the drills first: {seen}")
    latest = max(found, key=lambda entry: entry[0])[1]
    kept = [entry for entry in found if _together(entry[1], latest)]
    notes = [_left_out(v, latest) for _, v in found if not _together(v, latest)]
    coverage = _coverage(output, notes)
    return Run(
        time_scale=latest.time_scale,
        runbook=latest.runbook,
        verdicts=tuple(sorted((v for _, v in kept), key=lambda v: (cause_order(v.cause), ARMS.index(v.arm)))),
        coverage=coverage,
        first_at=min(at for at, _ in kept),
        last_at=max(at for at, _ in kept),
        problems=tuple(problems),
        notes=tuple(notes),
    )


def drill_folders(output: Path) -> list[Path]:
    """Return the folders under *output* that hold a drill's record."""
    return sorted(path.parent for path in (output / DRILLS).glob(f"*/{HISTORY}"))


def cause_order(cause: str) -> tuple[tuple[int, ...], str]:
    """Return the key that sorts 1.10 after 1.9."""
    return tuple(int(digits) for digits in re.findall("[0-9]+", cause)), cause


def _judged(folder: Path) -> Verdict:
    if not (folder / VERDICT).exists():
        raise RecordError(f"{folder}: the drill was never judged: it has a history but no {VERDICT}.")
    return read_verdict(folder)


def _together(one: Verdict, other: Verdict) -> bool:
    return (one.time_scale, one.runbook.sha256) == (other.time_scale, other.runbook.sha256)


def _left_out(v: Verdict, latest: Verdict) -> str:
    return (
        f"{v.evidence}: left out, because it was recorded at time scale {v.time_scale:g} with runbook "
        f"{v.runbook.sha256[:12]}, and the latest drill at {latest.time_scale:g} with "
        f"{latest.runbook.sha256[:12]}; run it again."
    )


def _coverage(output: Path, notes: list[str]) -> Coverage | None:
    try:
        return _read_coverage(output / COVERAGE)
    except RecordError as error:
        notes.append(f"{str(error).replace(f'{output}/', '')} So it is unknown which causes have no drill.")
        return None


def _read_coverage(path: Path) -> Coverage:
    fields = read_object(path)
    causes = (
        Cause(entry.text("id"), str(entry.data.get("incident", "")), entry.text("cause"))
        for entry in fields.objects("causes")
    )
    return Coverage(tuple(causes), frozenset(str(cause) for cause in fields.items("drilled")))
