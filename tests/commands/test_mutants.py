"""`drills mutants` lists what it would try without an engine, and says in one sentence what it lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills import Suite
from drills.commands import mutants
from drills.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable


def listed(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[list[str], str]:
    """Return the mutants that would be tried, and what else was said."""
    assert mutants.main(["--list", *words]) == 0
    shown = capsys.readouterr()
    return shown.out.splitlines(), shown.err


def test_seed_lists_the_same_mutants_again(capsys: pytest.CaptureFixture[str]) -> None:
    first, said = listed(capsys, "--seed", "5", "--number", "6")
    assert len(first) == 6
    assert "seed: 5 (--seed 5 draws the same mutants again)" in said
    assert listed(capsys, "--seed", "5", "--number", "6")[0] == first


def test_named_mutants_are_tried_and_no_others(capsys: pytest.CaptureFixture[str]) -> None:
    ((first, *_), _) = listed(capsys, "--seed", "5", "--number", "1")
    found, _ = listed(capsys, "--only", first.split()[0])
    assert found == [first]


def test_without_a_seed_one_is_drawn_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    _, said = listed(capsys, "--number", "1")
    assert "seed: " in said


@pytest.mark.parametrize("words", [("--number", "0"), ("--sandboxes", "-1"), ("--seed", "any")])
def test_number_that_is_none_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit, match="2"):
        mutants.main(words)


def test_suite_without_sources_is_told_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(Settings, "load_suite", lambda _: Suite())
    assert mutants.main(["--list"]) == 2
    assert "names no files" in capsys.readouterr().err


def test_missing_library_is_told_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing: Callable[[str], None] = lambda _: None  # noqa: E731
    monkeypatch.setattr(mutants, "find_spec", missing)
    assert mutants.main(["--list"]) == 2
    assert "runbook-drills[mutants]" in capsys.readouterr().err
