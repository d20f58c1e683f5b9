"""The clauses of the contract: which checks hold each of them, and which mutations break it.

`python -m checks.mutations.clauses` writes docs/contract-coverage.md anew.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from checks.catalogue import ALL
from checks.mutations.open_clauses import OPEN
from checks.mutations.table import MUTATIONS
from drills.common.files import write_text

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS: Final = Path(__file__).parents[2] / "docs"
CONTRACT: Final = DOCS / "contract.md"
TABLE: Final = DOCS / "contract-coverage.md"
INTRODUCTION: Final = """\
The {} clauses of [the contract](contract.md), the checks that hold each, and the mutations that break it.
Each mutation turns red exactly the checks that it names. `python -m checks.mutations.clauses` makes this page, and a
test compares it."""
_AREA: Final = re.compile(r"^## (.+)$", re.MULTILINE)
_CLAUSE: Final = re.compile(r"^- \*\*([A-Z]{2}-\d\d)\*\* (.+(?:\n  .+)*)$", re.MULTILINE)


class Clause(NamedTuple):
    """One promise: its number, the heading that it stands under, and its words."""

    number: str
    area: str
    text: str


class Held(NamedTuple):
    """A clause with the names of the checks that hold it and of the mutations that break it."""

    clause: Clause
    checks: tuple[str, ...]
    mutations: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether some check holds the clause, and some mutation shows that the check can fail."""
        return bool(self.checks and self.mutations)


def clauses() -> tuple[Clause, ...]:
    """Return the clauses of the contract in their order; raises ValueError for a number that stands there twice."""
    found: dict[str, Clause] = {}
    _, *parts = _AREA.split(CONTRACT.read_text(encoding="utf-8"))
    for area, text in zip(parts[::2], parts[1::2], strict=True):
        for number, words in _CLAUSE.findall(text):
            if number in found:
                raise ValueError(f"{CONTRACT.name} has two clauses {number}")
            found[number] = Clause(number, area, " ".join(words.split()))
    return tuple(found.values())


def coverage() -> tuple[Held, ...]:
    """Return what holds and what breaks each clause."""
    return tuple(
        Held(
            clause,
            tuple(sorted(one.name for one in ALL if clause.number in one.clauses)),
            tuple(one.name for one in MUTATIONS if clause.number in one.breaks),
        )
        for clause in clauses()
    )


def table() -> str:
    """Return the page docs/contract-coverage.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    held = coverage()
    yield "# Which check holds which clause"
    yield ""
    yield INTRODUCTION.format(len(held))
    for area in dict.fromkeys(one.clause.area for one in held):
        yield from ("", f"## {area}", "", "| clause | | checks | mutations |", "| --- | --- | --- | --- |")
        for one in held:
            if one.clause.area == area:
                yield _row(one)


def _row(one: Held) -> str:
    number = one.clause.number
    reason = f"**open**: {OPEN[number]}" if number in OPEN else "**none**"
    checks, mutations = ("; ".join(names) or reason for names in (one.checks, one.mutations))
    return f"| {number} | {one.clause.text} | {checks} | {mutations} |"


if __name__ == "__main__":
    write_text(TABLE, table())
