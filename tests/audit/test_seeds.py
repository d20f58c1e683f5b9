"""Each seeded defect is found by the right audit, and by no other; the stack has none but those waived."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from drills.audit.waivers import read_waivers
from tests.audit.seeds import SEEDS
from tests.audit.staged import STACK, edited, ids, whole

if TYPE_CHECKING:
    from pathlib import Path

    from tests.audit.staged import Edit

WANTED = 40
OF_OWN_RULES = frozenset(
    (
        "absence/no-alert/exporter",
        "absence/no-partner/HighResourceUtilization-exporter",
    )
)
"""Waived findings of the stack that the team's own rules of these tests cure: they have an alert on the exporter."""


@pytest.mark.parametrize(("edit", "expected"), SEEDS.values(), ids=list(SEEDS))
def test_defect_is_found_by_the_right_audit_alone(edit: Edit, expected: tuple[str, ...], tmp_path: Path) -> None:
    assert sorted(ids(edited(edit, tmp_path), edit) - ids(whole())) == sorted(expected)


def test_there_are_enough_defects_in_every_audit() -> None:
    found = [name for _, expected in SEEDS.values() for name in expected]
    assert len(SEEDS) >= WANTED
    assert {name.partition("/")[0] for name in found} == {
        *("thresholds", "timing", "series", "absence", "texts", "agreement", "notification"),
        *("commands", "documents", "scripts", "dashboards", "compose"),
    }


def test_stack_is_clean_but_for_what_is_waived() -> None:
    waived = {waiver.finding for waiver in read_waivers(STACK / "audit-waivers.toml")}
    own = {name for name in ids(whole()) if name.startswith("agreement/no-chapter/")}
    assert ids(whole()) - own == waived - OF_OWN_RULES


def test_waivers_have_a_day_and_a_reason() -> None:
    for waiver in read_waivers(STACK / "audit-waivers.toml"):
        assert waiver.until >= date(2026, 12, 1)
        assert len(waiver.reason.split()) > 5
