"""Mutants that nothing outside can tell from the original: a reviewed file says which, and why.

An entry matches by what is changed, never by a line's number, so that it holds when lines are added elsewhere.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from drills.mutants.pool import Mutant

Text = Annotated[str, Field(min_length=1)]


class EquivalentsError(ValueError):
    """A file of equivalents that cannot be used; the text is one sentence with file and entry."""


class Equivalent(BaseModel):
    """Some mutants, and the *reason* why none of them can be seen.

    In each text a `*` stands for anything. *scope* names the class and function around the change, as in
    `Class.method`; *statement* is what the change is in; *was* and *now* are the changed lines.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Annotated[str, Field(min_length=12)]
    file: Text
    scope: Text = "*"
    statement: Text = "*"
    was: Text = "*"
    now: str = "*"
    operator: Text = "*"

    def matches(self, mutant: Mutant) -> bool:
        """Say whether *mutant* is one of these."""
        change = mutant.change
        pairs = (
            (self.file, mutant.file),
            (self.scope, change.scope),
            (self.statement, change.statement),
            (self.was, change.was),
            (self.now, change.now),
            (self.operator, change.operator),
        )
        return all(_alike(pattern, text) for pattern, text in pairs)


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    equivalent: tuple[Equivalent, ...] = ()


def read(path: Path) -> tuple[Equivalent, ...]:
    """Return the entries of a file of equivalents; raises EquivalentsError."""
    try:
        return _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).equivalent
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise EquivalentsError(f"{path}: not a readable file of equivalents: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise EquivalentsError(f"{path}: {key}: {first['msg']}") from None


def reason_of(mutant: Mutant, equivalents: Iterable[Equivalent]) -> str | None:
    """Return why *mutant* is an equivalent one, None where it is none."""
    return next((entry.reason for entry in equivalents if entry.matches(mutant)), None)


def stale(equivalents: Iterable[Equivalent], mutants: Iterable[Mutant]) -> list[Equivalent]:
    """Return the entries that match no mutant any more: what they were about has changed."""
    known = list(mutants)
    return [entry for entry in equivalents if not any(entry.matches(mutant) for mutant in known)]


def _alike(pattern: str, text: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None
