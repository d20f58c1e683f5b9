"""The list has exactly the promised form, and the page says what is left to do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from drills.mutants.equivalents import Equivalent
from drills.mutants.report import FILE, PAGE, MutantReport, Score
from drills.mutants.run import BELOW_GOAL, NOT_JUDGED, REACHED, MutantRun, pool_of
from drills.mutants.trial import Bench, Fate, Trial
from tests.helpers.mutants import LIMITS, FakeHost, mutants, never, one, source

if TYPE_CHECKING:
    from pathlib import Path

POOL = mutants()
HIGHER, LOOSER = one(POOL, "LIMIT = 6"), one(POOL, "return used <= LIMIT")
NOTHING = one(POOL, "LIMIT = None")
TRIALS = (
    Trial(HIGHER, Fate.KILLED, ("limit",)),
    Trial(LOOSER, Fate.SURVIVED),
    Trial(NOTHING, Fate.EQUIVALENT, why="nothing can tell it"),
)
UNJUDGED = (*TRIALS, Trial(POOL[0], Fate.ERROR, why="no check ran"), Trial(POOL[1], Fate.REFUSED, why="no such file"))


def page(*trials: Trial) -> str:
    return "\n".join(MutantReport(5, trials, "stack", {"limit": ("LI-01",)}).page())


def test_list_has_exactly_the_promised_form(tmp_path: Path) -> None:
    MutantReport(5, TRIALS, "stack").write(tmp_path)
    assert json.loads((tmp_path / FILE).read_text()) == {
        "seed": 5,
        "mutants": [
            {
                "id": HIGHER.id,
                "file": "stack/limits.py",
                "line": 1,
                "operator": "number",
                "outcome": "killed",
                "by": ["limit"],
            },
            {
                "id": LOOSER.id,
                "file": "stack/limits.py",
                "line": 5,
                "operator": "swap_op",
                "outcome": "survived",
                "by": [],
            },
            {
                "id": NOTHING.id,
                "file": "stack/limits.py",
                "line": 1,
                "operator": "assignment",
                "outcome": "equivalent",
                "by": [],
            },
        ],
    }
    assert (tmp_path / PAGE).read_text().startswith("# Mutants\n")


def test_what_was_not_judged_is_on_the_page_and_not_in_the_list() -> None:
    listed = MutantReport(5, UNJUDGED).as_json()["mutants"]
    assert isinstance(listed, list)
    assert [one["outcome"] for one in listed] == ["killed", "survived", "equivalent"]
    assert "## Not judged (1)" in page(*UNJUDGED)
    assert "no check ran" in page(*UNJUDGED)
    assert "## Refused: the system would not take it (1)" in page(*UNJUDGED)


def test_page_has_scores_by_group_file_operator_check_and_clause() -> None:
    text = page(*TRIALS)
    assert "| paths | 1 | 1 | 1 | 50 % |" in text
    assert "| stack/limits.py | 1 | 1 | 1 | 50 % |" in text
    assert "| number | 1 | 0 | 0 | 100 % |" in text
    assert "| limit | 1 |" in text
    assert "| LI-01 | 1 |" in text


def test_survivors_are_the_list_of_work() -> None:
    text = page(*TRIALS)
    work = text[text.index("## Survived") :]
    assert f"- `{LOOSER.id}` stack/limits.py:5, swap_op: `return used < LIMIT` → `return used <= LIMIT`" in work


def test_equivalent_one_is_told_with_its_reason() -> None:
    assert "→ `LIMIT = None`: nothing can tell it" in page(*TRIALS)


@pytest.mark.parametrize(
    ("score", "share"), [(Score(9, 1, 5), 0.9), (Score(0, 0, 5), None), (Score(), None), (Score(0, 2), 0.0)]
)
def test_score_leaves_out_equivalent_ones(score: Score, share: float | None) -> None:
    assert score.share == share


def held(tmp_path: Path, *sees: str, equivalents: tuple[Equivalent, ...] = (), goal: float = 0.9) -> int:
    """Hold a run whose one check sees the texts *sees*."""
    host = FakeHost()
    look = host.check("limit", lambda text: any(word in text for word in sees))
    run = MutantRun(5, [HIGHER, LOOSER], equivalents, tmp_path, clauses={})
    run.hold([Bench(host, [look], [], frozenset({"limit"}), echo_s=0.0, green_s=0.1)])
    return run.ended(goal)


def test_run_is_green_at_its_goal_and_red_below(tmp_path: Path) -> None:
    assert held(tmp_path, "6", "<=") == REACHED
    assert held(tmp_path, "6") == BELOW_GOAL
    assert held(tmp_path, "6", goal=0.5) == REACHED


def test_equivalent_one_is_not_tried(tmp_path: Path) -> None:
    known = Equivalent(reason="nothing can tell it", file="limits.py", now="return used <= LIMIT")
    assert held(tmp_path, "6", equivalents=(known,)) == REACHED
    outcomes = [one["outcome"] for one in json.loads((tmp_path / FILE).read_text())["mutants"]]
    assert outcomes == ["killed", "equivalent"]


def test_run_that_judged_nothing_is_red(tmp_path: Path) -> None:
    host = FakeHost()
    nothing = MutantRun(5, [], [], tmp_path, clauses={})
    nothing.hold([Bench(host, [host.check("limit", never)], [], frozenset({"limit"}), green_s=0.1)])
    assert nothing.ended(0.0) == NOT_JUDGED
    blind = MutantRun(5, [HIGHER], [], tmp_path, clauses={})
    blind.hold([Bench(host, [], [], frozenset(), echo_s=0.0, green_s=0.1)])
    assert blind.ended(0.0) == NOT_JUDGED


def test_run_in_which_anything_was_not_judged_is_red(tmp_path: Path) -> None:
    host = FakeHost(fail=frozenset({LOOSER.id}))
    look = host.check("limit", lambda text: "6" in text)
    run = MutantRun(5, [HIGHER, LOOSER], [], tmp_path, clauses={})
    run.hold([Bench(host, [look], [], frozenset({"limit"}), echo_s=0.0, green_s=0.1)])
    assert run.ended(0.0) == NOT_JUDGED


def test_pool_has_the_files_of_all_sources(tmp_path: Path) -> None:
    (tmp_path / "limits.py").write_text(LIMITS)
    texts, pool = pool_of([source()], tmp_path, {})
    assert texts == {"limits.py": LIMITS}
    assert {mutant.id for mutant in pool} == {mutant.id for mutant in POOL}
