"""The verdicts in the forms that other programs read: JUnit, SARIF, and an in-toto statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.common.files import write_text
from drills.reports import junit, sarif, statement

if TYPE_CHECKING:
    from pathlib import Path

    from drills.reports.collect import Run


def write_machine_files(run: Run, output: Path) -> list[Path]:
    """Write the files into *output*, each whole or not."""
    return [
        write_text(output / junit.FILE, junit.junit(run)),
        write_text(output / sarif.FILE, sarif.sarif(run)),
        write_text(output / statement.FILE, statement.statement(run)),
    ]
