"""An entry of the file of equivalents matches by content, has a reason, and is found when it matches nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.mutants.equivalents import Equivalent, EquivalentsError, read, reason_of, stale
from tests.helpers.mutants import LIMITS, mutants, one

if TYPE_CHECKING:
    from pathlib import Path

REASON = "nothing can tell it"


def entry(**about: str) -> Equivalent:
    return Equivalent.model_validate({"reason": REASON, "file": "limits.py", **about})


def test_entry_matches_by_content_wherever_it_stands() -> None:
    found = entry(was="LIMIT = 5", now="LIMIT = 6")
    for text in (LIMITS, f"import x\n\n\n{LIMITS}"):
        pool = mutants(text)
        assert [mutant.change.now for mutant in pool if found.matches(mutant)] == ["LIMIT = 6"]


def test_changed_line_matches_no_more() -> None:
    found = entry(was="LIMIT = 5", now="LIMIT = 6")
    pool = mutants(LIMITS.replace("5", "7"))
    assert [reason_of(mutant, [found]) for mutant in pool] == [None] * len(pool)
    assert stale([found], pool) == [found]
    assert stale([found], mutants()) == []


@pytest.mark.parametrize(
    "about",
    [
        {"file": "*.py"},
        {"statement": "LIMIT = *"},
        {"was": "LIMIT*"},
        {"operator": "number"},
        {"scope": "*"},
        {"now": "LIMIT = ?"},
    ],
)
def test_only_a_star_stands_for_anything(about: dict[str, str]) -> None:
    mutant = one(mutants(), "LIMIT = 6")
    assert entry(**about).matches(mutant) is ("now" not in about)


def test_scope_is_that_of_class_and_function() -> None:
    text = "class Pool:\n    async def take(self):\n        return 5\n\n\nLIMIT = 5\n"
    found = {mutant.change.now for mutant in mutants(text) if entry(scope="Pool.*").matches(mutant)}
    assert found == {"return 6", "return None"}


def test_all_that_is_named_has_to_match() -> None:
    mutant = one(mutants(), "LIMIT = 6")
    assert not entry(was="LIMIT = 5", operator="string").matches(mutant)
    assert not entry(file="other.py").matches(mutant)


def test_reason_is_that_of_the_entry() -> None:
    mutant = one(mutants(), "LIMIT = 6")
    assert reason_of(mutant, [entry(operator="string"), entry()]) == REASON
    assert reason_of(mutant, []) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[equivalent]]\nfile = 'a'\n", "reason"),
        ("[[equivalent]]\nfile = 'a'\nreason = 'so'\n", "reason"),
        ("[[equivalent]]\nreason = 'a long enough reason'\n", "file"),
        ("[[equivalent]]\nfile = 'a'\nline = 5\nreason = 'a long enough reason'\n", "line"),
        ("[[equivalent]", "not a readable"),
    ],
)
def test_file_that_cannot_be_used_is_refused(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "equivalents.toml"
    path.write_text(text)
    with pytest.raises(EquivalentsError, match=said):
        read(path)
