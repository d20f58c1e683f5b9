"""Attach the evidence of a failed journey to its test in Allure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import allure

if TYPE_CHECKING:
    from pathlib import Path

KINDS: Final = {".png": "image/png", ".zip": "application/vnd.allure.playwright-trace"}


def attach(folder: Path) -> None:
    """Attach to the test that is running what its journey left, if it left anything."""
    for path in sorted(folder.glob("*")):
        allure.attach.file(path, path.name, KINDS.get(path.suffix), path.suffix.removeprefix("."))
