"""Whether an arm came out as the suite expects: its verdict, and whether the recovery lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.record.verdicts import DOCUMENTED

if TYPE_CHECKING:
    from drills.record.arm_verdict import ArmVerdict


def is_expected(verdict: ArmVerdict) -> bool:
    """Return whether the test of this arm passes, in both directions: a finding that no longer shows does not."""
    if verdict.verdict != verdict.expected_verdict:
        return False
    lasting = verdict.durability.verdict if verdict.durability else None
    return verdict.arm != DOCUMENTED or verdict.expected_lasting in (None, lasting)


def in_words(verdict: ArmVerdict) -> str:
    """Word an arm's verdict beside the expected one."""
    lasting = f", {verdict.durability.verdict}" if verdict.durability else ""
    expected = f"{verdict.expected_verdict}{f', {verdict.expected_lasting}' if verdict.expected_lasting else ''}"
    return f"{verdict.cause} {verdict.arm}: {verdict.verdict}{lasting}; expected {expected}"
