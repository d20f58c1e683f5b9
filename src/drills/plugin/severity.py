"""The runbook's severity levels in Allure's words."""

from __future__ import annotations

from typing import Final

import allure

_WORDS: Final = {
    "SEV-1": allure.severity_level.BLOCKER,
    "SEV-2": allure.severity_level.CRITICAL,
    "SEV-3": allure.severity_level.NORMAL,
    "SEV-4": allure.severity_level.MINOR,
}


def allure_severity(level: str | None) -> str:
    """Return Allure's word for a level such as ``SEV-1``; NORMAL for one that the runbook does not name."""
    return _WORDS.get(level or "", allure.severity_level.NORMAL)
