"""Read what one run recorded: its verdicts, the causes that are not drilled yet, and the records that do not count."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, TypeAdapter

from drills.record.arm_verdict import VERDICT, differences
from drills.record.experiment_verdict import rejudge
from drills.record.format import Recorded, RecordError, parse, read_text
from drills.record.reader import FILE
from drills.record.verdicts import ARMS, DOCUMENTED, PLACEBO, RECOVERED, Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from drills.record.arm_verdict import ArmVerdict
    from drills.record.head import Runbook

DRILLS = "drills"
COVERAGE = "coverage.json"
STAYED_BAD = "REFUTED"
PART = "^[1-9][0-9]{0,2}/[1-9][0-9]{0,2}$"
"""How a part of a run is named, such as 2/4."""


@dataclass(frozen=True)
class Cause:
    """A cause that the runbook names, drilled or not."""

    id: str
    incident: str
    name: str


class CoveredCause(Recorded):
    """A row of the runbook, as `coverage.json` names it."""

    id: str
    incident: str
    cause: str


class CoverageFile(Recorded):
    """What a run says of its coverage in `coverage.json`."""

    causes: tuple[CoveredCause, ...]
    drilled: tuple[str, ...]
    chosen: tuple[str, ...] | None = None
    shards: tuple[Annotated[str, Field(pattern=PART)], ...] = ()
    commit: str | None = None
    document: str | None = None


_COVERAGE: TypeAdapter[CoverageFile] = TypeAdapter(CoverageFile)


@dataclass(frozen=True)
class Coverage:
    """All causes of the runbook, and the ids of those that have a drill.

    *chosen* are the causes that the run was to drill (None: an older file does not say), *shards* the parts of a run
    that these are, such as 2/4 (empty: the run was not split), *commit* the suite's, *document* the runbook's path
    from the root of the suite.
    """

    causes: tuple[Cause, ...]
    drilled: frozenset[str]
    chosen: frozenset[str] | None = None
    shards: tuple[str, ...] = ()
    commit: str | None = None
    document: str | None = None


@dataclass(frozen=True)
class Run:
    """The verdicts recorded at one time scale with one runbook, in the order of causes and arms.

    *first_at* and *last_at* are the wall-clock starts (ISO 8601) of the first and the last drill. *coverage* is
    None where the run left none. *problems* has a sentence for each record that cannot be read, *notes* one for
    each thing that is in order and still does not count.
    """

    time_scale: float
    runbook: Runbook
    verdicts: tuple[ArmVerdict, ...]
    coverage: Coverage | None
    first_at: str
    last_at: str
    problems: tuple[str, ...]
    notes: tuple[str, ...]

    def of(self, cause: str, arm: str) -> ArmVerdict | None:
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
        return solution.verdict if placebo is not None and placebo.verdict == STAYED_BAD else Verdict.UNPROVEN

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
    judged, problems = _borne_out(output)
    if not judged:
        seen = problems[0] if problems else f"there is no {FILE} in any folder of {output / DRILLS}."
        raise RecordError(f"{output}: expected a judged drill, found none; run the drills first: {seen}")
    latest = max(judged, key=lambda entry: entry[0])[1]
    kept = [entry for entry in judged if _together(entry[1], latest)]
    notes = [_left_out(v, latest) for _, v in judged if not _together(v, latest)]
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
    return sorted(path.parent for path in (output / DRILLS).glob(f"*/{FILE}"))


def cause_order(cause: str) -> tuple[tuple[int, ...], str]:
    """Return the key that sorts 1.10 after 1.9."""
    return tuple(int(digits) for digits in re.findall("[0-9]+", cause)), cause


def _borne_out(output: Path) -> tuple[list[tuple[str, ArmVerdict]], list[str]]:
    """Return when each drill began with its verdict, and a sentence for each verdict that its record does not bear out.

    A verdict's file is never trusted: its record is judged again, beside its placebo, and counts where both agree.
    """
    rejudged = rejudge(drill_folders(output))
    judged: list[tuple[str, ArmVerdict]] = []
    problems = list(rejudged.problems.values())
    for folder, history in rejudged.histories.items():
        wrong = _never_judged(folder) or differences(rejudged.verdicts[folder], folder)
        if wrong:
            problems.append(" ".join(wrong))
        else:
            judged.append((history.head.at, rejudged.verdicts[folder]))
    return judged, [problem.replace(f"{output}/", "") for problem in problems]


def _never_judged(folder: Path) -> list[str]:
    if (folder / VERDICT).exists():
        return []
    return [f"{folder}: the drill was never judged: it has a history but no {VERDICT}."]


def _together(verdict: ArmVerdict, other: ArmVerdict) -> bool:
    return (verdict.time_scale, verdict.runbook.sha256) == (other.time_scale, other.runbook.sha256)


def _left_out(v: ArmVerdict, latest: ArmVerdict) -> str:
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
    recorded = parse(_COVERAGE, read_text(path), str(path))
    causes = (Cause(entry.id, entry.incident, entry.cause) for entry in recorded.causes)
    return Coverage(
        tuple(causes),
        frozenset(recorded.drilled),
        None if recorded.chosen is None else frozenset(recorded.chosen),
        recorded.shards,
        recorded.commit,
        recorded.document,
    )
