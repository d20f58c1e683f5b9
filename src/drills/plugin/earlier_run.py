"""Remove what an earlier run left in the output folder, before a run of drills records its own."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def forget(config: pytest.Config) -> None:
    """Remove what an earlier run left behind: it would be taken for this one's findings."""
    output: Path = config.option.output
    for result in (output / "allure-results").glob("*"):  # the folder itself may be open for results already
        result.unlink(missing_ok=True)
    shutil.rmtree(output / "drills", ignore_errors=True)
    (output / "coverage.json").unlink(missing_ok=True)
