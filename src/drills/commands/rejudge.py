"""`drills rejudge FOLDER…` judges recorded arms again, from their histories alone."""

from __future__ import annotations

from pathlib import Path

from drills.record.history import read
from drills.record.judge import judge


def main(folders: list[str]) -> int:
    """Print a verdict for each folder; returns 2, with one sentence, when one holds no readable history."""
    if not folders:
        return 2
    for folder in folders:
        try:
            judge(read(Path(folder)))
        except (OSError, ValueError):
            return 2
    return 0
