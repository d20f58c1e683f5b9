"""`python -m scenarios.drill FOLDER…` judges recorded arms again, from their histories alone."""

from __future__ import annotations

import sys
from pathlib import Path

from scenarios.drill.history import read
from scenarios.drill.judge import judge


def main(folders: list[str]) -> int:
    """Print a verdict for each folder; returns 2, with one sentence, when one holds no readable history."""
    if not folders:
        print("usage: python -m scenarios.drill FOLDER…, as in reports/output/drills/5.1-documented", file=sys.stderr)
        return 2
    for folder in folders:
        try:
            found = judge(read(Path(folder)))
        except (OSError, ValueError) as error:
            print(f"{folder}: {error}", file=sys.stderr)
            return 2
        print(f"{folder}: {found.verdict}: {found.reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
