"""The runbook's severity levels in Allure's words."""

from __future__ import annotations

from typing import Final

import allure

_WORDS: Final = (
    allure.severity_level.BLOCKER,
    allure.severity_level.CRITICAL,
    allure.severity_level.NORMAL,
    allure.severity_level.MINOR,
    allure.severity_level.TRIVIAL,
)


def allure_severity(place: int | None) -> str:
    """Return Allure's word for the level at *place* in the runbook, 1 the worst; NORMAL where it names none."""
    return allure.severity_level.NORMAL if place is None else _WORDS[min(place, len(_WORDS)) - 1]
