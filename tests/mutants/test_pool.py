"""A seed draws the same mutants again; every line is drawn once before any is drawn twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from drills.mutants.plan import Language, Source
from drills.mutants.pool import drawn, files_of, is_possible
from tests.helpers.mutants import LIMITS, mutants, put_nothing

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {"limits.py": LIMITS}
MANY = "".join(f"a{number} = f(b, {number}, c=None)\n" for number in range(20))


def test_seed_draws_the_same_mutants_again() -> None:
    pool = mutants(MANY)
    again = [mutant.id for mutant in drawn(list(reversed(pool)), {"limits.py": MANY}, 7, 10)]
    assert [mutant.id for mutant in drawn(pool, {"limits.py": MANY}, 7, 10)] == again
    assert len(set(again)) == 10


def test_another_seed_draws_others() -> None:
    pool = mutants(MANY)
    first, second = ([one.id for one in drawn(pool, {"limits.py": MANY}, seed, 10)] for seed in (1, 2))
    assert first != second


def test_every_line_is_drawn_before_any_is_drawn_twice() -> None:
    lines = [mutant.change.line for mutant in drawn(mutants(MANY), {"limits.py": MANY}, 3, 40)]
    assert sorted(lines[:20]) == sorted(lines[20:]) == list(range(1, 21))


def test_no_more_are_drawn_than_there_are() -> None:
    pool = mutants()
    assert len(drawn(pool, TEXTS, 1, 1000)) == len(pool) > 0
    assert drawn([], {}, 1, 10) == []


def test_what_cannot_be_a_module_is_not_drawn() -> None:
    text = "def f():\n    for a in b:\n        break\n\n\nfor a in b:\n    break\n"
    found = drawn(mutants(text), {"limits.py": text}, 1, 1000)
    assert {mutant.change.line for mutant in found if mutant.change.now == "return"} == {3}


@pytest.mark.parametrize(("text", "possible"), [("a = 5\n", True), ("a = \n", False), ("return 5\n", False)])
def test_changed_file_has_to_be_a_module(text: str, *, possible: bool) -> None:
    (mutant, *_) = mutants("b = 5\n")
    whole = replace(mutant, change=replace(mutant.change, start=0, end=6, new=text))
    assert is_possible(whole, "b = 5\n") is possible


def test_id_does_not_depend_on_lines_above() -> None:
    assert {mutant.id for mutant in mutants()} <= {mutant.id for mutant in mutants(f"import x\n\n{LIMITS}")}


def test_each_mutant_has_an_id_of_its_own() -> None:
    pool = mutants("a = f(b)\na = f(b)\n")
    assert len({mutant.id for mutant in pool}) == len(pool)


def test_files_are_those_of_the_patterns_and_those_made_for_the_sandbox(tmp_path: Path) -> None:
    for name in ("a/one.py", "a/two.py", "a/deep/three.py", "b/rules.yml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    chosen = Source("x", ("a/*.py", "b/*.yml"), Language.LINES, put_nothing, without=("a/two.py",))
    found = files_of(chosen, tmp_path, {"b/rules.yml": "rendered", "b/more.yml": "made", "c/other.yml": "made"})
    assert found == {"a/one.py": "a/one.py", "b/more.yml": "made", "b/rules.yml": "rendered"}
