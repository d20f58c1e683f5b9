"""`drills rejudge DIR...` judges recorded arms again, each solution beside its placebo, from their records alone."""

from __future__ import annotations

import sys
from pathlib import Path

from drills.record.arm_verdict import differences
from drills.record.experiment_verdict import arm_folders, rejudge

BAD_INPUT = 2
HELP = """usage: drills rejudge DIR...

Judge recorded arms again. DIR is the folder of an arm, or a whole output folder. What differs from verdict.json is
printed. Exit code 0: nothing differs; 1: something does; 2: something cannot be read.
"""


def main(arguments: list[str]) -> int:
    """Print what the records prove otherwise than their verdicts say; returns 0, 1, or 2 as the help says."""
    if not arguments or {"-h", "--help"} & set(arguments):
        (sys.stdout if arguments else sys.stderr).write(HELP)
        return 0 if arguments else BAD_INPUT
    folders = {Path(argument): arm_folders(Path(argument)) for argument in arguments}
    empty = [str(folder) for folder, arms in folders.items() if not arms]
    if empty:
        sys.stderr.write(f"drills rejudge: expected a recorded drill in {empty[0]}, found none.\n")
        return BAD_INPUT
    return _compare(list(dict.fromkeys(arm for arms in folders.values() for arm in arms)))


def _compare(arms: list[Path]) -> int:
    rejudged = rejudge(arms)
    for problem in rejudged.problems.values():
        sys.stderr.write(f"drills rejudge: {problem}\n")
    changed = 0
    for folder, verdict in rejudged.verdicts.items():
        sentences = differences(verdict, folder)
        changed += bool(sentences)
        sys.stdout.write("".join(f"{sentence}\n" for sentence in sentences))
        sys.stdout.write(f"{folder}: {verdict.verdict}: {verdict.reason}\n")
    return BAD_INPUT if rejudged.problems else int(bool(changed))
