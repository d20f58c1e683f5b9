"""The arms of one cause, judged together: the only place where a verdict is made of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from drills.record.arm_verdict import ArmVerdict, arm_verdict
from drills.record.format import RecordError
from drills.record.judge import Judgement, judge
from drills.record.reader import FILE, read
from drills.record.verdicts import PLACEBO, RECOVERED, Verdict

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


def judge_pair(solution: Judgement, placebo: Judgement | None) -> Judgement:
    """Take the placebo into account: a recovery that may also come without the solution proves nothing about it."""
    if solution.verdict not in RECOVERED:
        return solution
    if placebo is None:
        return replace(solution, verdict=Verdict.UNPROVEN, reason=f"{ALONE}; seen: {solution.reason}")
    if placebo.verdict is Verdict.REFUTED:
        return solution
    if placebo.verdict is Verdict.SPONTANEOUS:
        reason = f"the documented arm recovered, but doing nothing did too: {placebo.reason}"
        return replace(solution, verdict=Verdict.SPONTANEOUS, reason=reason)
    reason = f"the documented arm recovered, but the placebo says nothing ({placebo.verdict}): {placebo.reason}"
    return replace(solution, verdict=Verdict.UNKNOWN, reason=reason)


def judge_arms(histories: dict[Path, History]) -> dict[Path, Judgement]:
    """Judge arms, each solution beside the placebo of the same cause, time scale, runbook and run."""
    alone = {folder: judge(history) for folder, history in histories.items()}
    placebos = {
        (folder.parent, _experiment(histories[folder])): judgement
        for folder, judgement in alone.items()
        if histories[folder].head.arm is PLACEBO
    }
    return {
        folder: judgement
        if histories[folder].head.arm is PLACEBO
        else judge_pair(judgement, placebos.get((folder.parent, _experiment(histories[folder]))))
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
