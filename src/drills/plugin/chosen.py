"""Which drills a command line asks for, and one sentence where what it asks for is not there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drills.record.verdicts import Arm

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from drills.runbook import Runbook


def chosen_causes(runbook: Runbook, texts: Iterable[str]) -> dict[str, bool]:
    """Return the causes that --cause names, and whether each is named itself, or by its incident's number.

    *texts* are such as `5.1`, `5`, `5.1,6.1`; raises RunbookError for a cause or an incident that is not there.
    """
    found: dict[str, bool] = {}
    for name in (part.strip() for text in texts for part in text.split(",")):
        if name.isdecimal():
            found = {cause.id: False for cause in runbook.incident(int(name)).causes} | found
        else:
            found[runbook.cause(name).id] = True
    return found


def missing_drills(missing: Iterable[str], drilled: Collection[str], scenarios: Path) -> str:
    """Say of each cause that is chosen and was not collected where its drill is."""
    return "; ".join(_missing(cause, drilled, scenarios) for cause in missing)


def without_original(runbook: Runbook, causes: Collection[str], named: Collection[str]) -> set[str]:
    """Return those of *causes* that have no original row, to be left out.

    Raises ValueError, one sentence, where one of them is *named*, or where they are all.
    """
    lacking = {cause for cause in causes if not runbook.cause(cause).original}
    refused = lacking & set(named) or (lacking if lacking == set(causes) else set())
    if refused:
        having = [cause.id for cause in runbook.causes if cause.original]
        raise ValueError(
            f"--arm {Arm.ORIGINAL}: nothing corrects the row of {', '.join(sorted(refused))}, so it has no original; "
            f"those of {runbook.path} that have one are {', '.join(having) or 'none'}"
        )
    return lacking


def _missing(cause: str, drilled: Collection[str], scenarios: Path) -> str:
    mark = re.compile(rf"""drill\(["']{re.escape(cause)}["']\)""")
    for path in sorted(scenarios.rglob("test_*.py")) if scenarios.is_dir() else ():
        if mark.search(path.read_text(encoding="utf-8", errors="replace")):
            return f"cause {cause}: its drill is in {path.name}, which was not collected; name that file or its folder"
    return f"cause {cause} is in the runbook but has no drill yet; there are drills for {', '.join(sorted(drilled))}"
