"""The arms of one cause, judged together: the only place where a verdict is made of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from drills.record.arm_verdict import ArmVerdict, arm_verdict
from drills.record.events import Failure
from drills.record.format import RecordError
from drills.record.judge import Judgement, judge
from drills.record.placebo_watch import too_short
from drills.record.reader import FILE, read
from drills.record.verdicts import DOCUMENTED, PLACEBO, RECOVERED, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from drills.record.history import History


ALONE = "the recovery may have come by itself, because this run held no placebo beside it: hold the placebo, too"


@dataclass(frozen=True)
class Rejudged:
    """What the records of several arms prove, by folder, and one sentence for each record that cannot be read."""

    histories: dict[Path, History]
    judgements: dict[Path, Judgement]
    verdicts: dict[Path, ArmVerdict]
    problems: dict[Path, str]


def judge_pair(solution: Judgement, placebo: Judgement | None, ttr_s: float | None = None) -> Judgement:
    """Take the placebo into account: a recovery that may also come without the solution proves nothing about it.

    *ttr_s* is how long the documented solution took, by which the placebo's watch is measured; None: this one's time.
    """
    if solution.verdict not in RECOVERED:
        return solution
    if placebo is None:
        return replace(solution, verdict=Verdict.UNPROVEN, reason=f"{ALONE}; seen: {solution.reason}")
    if placebo.verdict is Verdict.SPONTANEOUS:
        reason = (
            f"the documented arm recovered, but doing nothing did too: {placebo.reason}{_faster(solution, placebo)}"
        )
        return replace(solution, verdict=Verdict.SPONTANEOUS, reason=reason)
    why = f"the placebo says nothing ({placebo.verdict}): {placebo.reason}"
    if placebo.verdict is Verdict.REFUTED:
        why = too_short(placebo.placebo, solution.ttr_s if ttr_s is None else ttr_s) or ""
    if why:
        return replace(solution, verdict=Verdict.UNKNOWN, reason=f"the documented arm recovered, but {why}")
    return solution


def judge_arms(histories: dict[Path, History]) -> dict[Path, Judgement]:
    """Judge arms, each solution beside the placebo of the same cause, time scale, runbook and run."""
    alone = {folder: judge(history) for folder, history in histories.items()}
    beside = {
        (folder.parent, _experiment(histories[folder]), histories[folder].head.arm): judgement
        for folder, judgement in alone.items()
        if not _cut_off(histories[folder])
    }

    def together(folder: Path) -> Judgement:
        key = folder.parent, _experiment(histories[folder])
        documented = beside.get((*key, DOCUMENTED))
        return judge_pair(alone[folder], beside.get((*key, PLACEBO)), documented.ttr_s if documented else None)

    return {
        folder: judgement if histories[folder].head.arm is PLACEBO else together(folder)
        for folder, judgement in alone.items()
    }


def rejudge(folders: Iterable[Path]) -> Rejudged:
    """Judge the arms recorded in *folders*, together with the placebos that stand beside them."""
    wanted = list(folders)
    histories, problems = _read_all(wanted)
    beside = [path for folder in wanted for path in _placebos_beside(folder) if path not in (*histories, *problems)]
    placebos, unread = _read_all(beside)
    judged = judge_arms(histories | placebos)
    verdicts = {folder: arm_verdict(history, judged[folder], folder) for folder, history in histories.items()}
    return Rejudged(histories, {folder: judged[folder] for folder in histories}, verdicts, problems | unread)


def arm_folders(output: Path) -> list[Path]:
    """Return the folders of arms in *output*: itself, those in it, or those in its folder ``drills``."""
    if (output / FILE).exists():
        return [output]
    return sorted(path.parent for path in (*output.glob(f"*/{FILE}"), *output.glob(f"drills/*/{FILE}")))


def _faster(solution: Judgement, placebo: Judgement) -> str:
    """Say how much sooner the solution brought the metric back; empty where one of the times is not known."""
    back_s = placebo.placebo.back_s if placebo.placebo else None
    if not back_s or not solution.ttr_s:
        return ""
    return f"; the solution took {solution.ttr_s:.1f} s of {back_s:.1f} s, {back_s / solution.ttr_s:.1f} times faster"


def _cut_off(history: History) -> bool:
    """Tell whether a placebo was interrupted: what is half held takes nothing from the other arms' verdicts."""
    return history.head.arm is PLACEBO and history.milestone("watched") is None and not history.of(Failure)


def _placebos_beside(folder: Path) -> list[Path]:
    cause, _, _ = folder.name.rpartition("-")
    path = folder.parent / f"{cause}-{PLACEBO}"
    return [path] if (path / FILE).exists() else []


def _experiment(history: History) -> tuple[str, float, str, str | None]:
    head = history.head
    return head.cause, head.time_scale, head.runbook.sha256, head.run


def _read_all(folders: Iterable[Path]) -> tuple[dict[Path, History], dict[Path, str]]:
    histories: dict[Path, History] = {}
    problems: dict[Path, str] = {}
    for folder in folders:
        try:
            histories[folder] = read(folder)
        except RecordError as error:
            problems[folder] = str(error)
    return histories, problems
