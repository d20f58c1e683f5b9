"""A level of the runbook has Allure's word for its place, whatever the runbook calls it."""

import allure
import pytest

from drills.plugin.severity import allure_severity

LEVELS = allure.severity_level


@pytest.mark.parametrize(
    ("place", "word"),
    [(1, LEVELS.BLOCKER), (2, LEVELS.CRITICAL), (3, LEVELS.NORMAL), (4, LEVELS.MINOR), (9, LEVELS.TRIVIAL)],
)
def test_worst_level_of_the_runbook_is_the_worst_of_allure(place: int, word: str) -> None:
    assert allure_severity(place) == word


def test_what_no_level_of_the_runbook_names_is_normal() -> None:
    assert allure_severity(None) == LEVELS.NORMAL
