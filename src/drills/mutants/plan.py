"""What a suite says of its mutants: which files are changed, how a change is loaded, and which checks look at it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from drills.checks.definition import CheckSuite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from drills.sandbox.stack import Stack


class Language(StrEnum):
    """Which operators apply to a file."""

    PYTHON = "python"
    LINES = "lines"


class RefusedError(Exception):
    """The system would not take a change, and goes on without it: whoever made it would be told before it ran."""


@dataclass(frozen=True)
class Source:
    """Some files of a stack, by patterns relative to its descriptor, without those that *without* names.

    *put* gives the running system another text of one file (stack, path, text) and has it loaded; the file's own text
    ends the mutant. It raises RefusedError where the system would not take the text, SandboxError where it failed.
    *group* is a name under which scores are summed up.
    """

    group: str
    files: tuple[str, ...]
    language: Language
    put: Callable[[Stack, str, str], None]
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class MutantPlan:
    """What is changed in a suite's system, and which checks have to see it.

    *equivalents* is the file of changes that nothing can see.
    """

    sources: tuple[Source, ...]
    equivalents: Path
    suites: tuple[CheckSuite, ...] = (CheckSuite.HEALTH, CheckSuite.SMOKE, CheckSuite.METRICS)
