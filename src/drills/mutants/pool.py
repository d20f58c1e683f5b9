"""All mutants of a stack's files, and those that a seed draws."""

from __future__ import annotations

import hashlib
import importlib
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from drills.common import draws
from drills.mutants.plan import Language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from drills.mutants.change import Change
    from drills.mutants.plan import Source

OPERATORS = {Language.PYTHON: "drills.mutants.python_operators", Language.LINES: "drills.mutants.line_operators"}
"""Modules that need the libraries of operators, which only a run of mutants has to have."""
ID_DIGITS = 10
SHOWN = 90
"""Characters of a changed line that a line of the console has."""


@dataclass(frozen=True)
class Mutant:
    """One change of one file; *file* is relative to the stack's folder. *id* does not depend on line numbers."""

    id: str
    source: Source
    file: str
    change: Change

    def __str__(self) -> str:
        was, now = (text[:SHOWN] for text in (self.change.was, self.change.now or "(nothing)"))
        return f"{self.id} {self.file}:{self.change.line} {self.change.operator}: {was} → {now}"


def files_of(source: Source, folder: Path, made: Mapping[str, str]) -> dict[str, str]:
    """Return the texts of a source's files by their path in *folder*, those *made* for the sandbox among them."""
    there = {path.relative_to(folder).as_posix() for pattern in source.files for path in folder.glob(pattern)}
    named = there | {name for name in made if any(_matches(name, pattern) for pattern in source.files)}
    chosen = sorted(name for name in named if not any(_matches(name, pattern) for pattern in source.without))
    return {name: made[name] if name in made else (folder / name).read_text(encoding="utf-8") for name in chosen}


def mutants_of(source: Source, texts: Mapping[str, str]) -> Iterator[Mutant]:
    """Yield every mutant of the files of one source."""
    changes: Callable[[str], list[Change]] = importlib.import_module(OPERATORS[source.language]).changes
    for file, text in texts.items():
        seen: Counter[tuple[str, ...]] = Counter()
        for change in changes(text):
            words = (file, change.operator, change.statement, change.was, change.now)
            seen[words] += 1
            digest = hashlib.sha256("\0".join((*words, str(seen[words]))).encode()).hexdigest()
            yield Mutant(digest[:ID_DIGITS], source, file, change)


def drawn(mutants: Iterable[Mutant], texts: Mapping[str, str], seed: int, number: int) -> list[Mutant]:
    """Draw *number* of the mutants, fewer where there are not so many; the same ones for the same files and seed.

    Every line is drawn once before any is drawn twice: otherwise a line with many words would stand for its file.
    """
    chance = random.Random(draws.sequence(seed, "mutants"))  # noqa: S311 - a choice that can be repeated
    lines: dict[tuple[str, int], list[Mutant]] = {}
    for mutant in mutants:
        lines.setdefault((mutant.file, mutant.change.line), []).append(mutant)
    waiting = [sorted(lines[line], key=lambda mutant: mutant.id) for line in sorted(lines)]
    chance.shuffle(waiting)
    for of_line in waiting:
        chance.shuffle(of_line)
    found: list[Mutant] = []
    for mutant in _in_rounds(waiting):
        if len(found) == number:
            break
        if is_possible(mutant, texts[mutant.file]):
            found.append(mutant)
    return found


def is_possible(mutant: Mutant, text: str) -> bool:
    """Say whether the changed file can be one of its language: what cannot is no mutant."""
    if mutant.source.language is not Language.PYTHON:
        return True
    try:
        compile(mutant.change.applied(text), mutant.file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _in_rounds(waiting: Sequence[Sequence[Mutant]]) -> Iterator[Mutant]:
    for place in range(max(map(len, waiting), default=0)):
        yield from (of_line[place] for of_line in waiting if place < len(of_line))


def _matches(name: str, pattern: str) -> bool:
    """Say whether *name* is meant by *pattern*, in which a `*` stands for anything within one folder."""
    return PurePosixPath(name).match(pattern)
