"""Every unusual input of the list is held by a test that is there, and that types it."""

from __future__ import annotations

import ast
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.paths import ROOT

INPUTS: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "held.toml").read_text(encoding="utf-8"))["input"]
WRITTEN = 29
"""So many rows of inputs were found wrong; none is taken off the list."""


@cache
def names_in(path: Path) -> frozenset[str]:
    """Return the names of the tests in a file."""
    found = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return frozenset(node.name for node in found if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


def test_no_row_is_taken_off() -> None:
    assert len({row["typed"] for row in INPUTS}) == WRITTEN


@pytest.mark.parametrize("row", INPUTS, ids=lambda row: row["typed"])
def test_the_input_is_held(row: dict[str, Any]) -> None:
    assert row["tests"], row["answer"]
    named = [name.partition("::") for name in row["tests"]]
    assert [test for file, _, test in named if test not in names_in(ROOT / file)] == []
    texts = "".join((ROOT / file).read_text(encoding="utf-8") for file, _, _ in named)
    assert [words for words in row.get("found", ()) if words not in texts] == []
