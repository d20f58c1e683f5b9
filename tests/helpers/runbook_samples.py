"""The small document of these tests, whole or with one thing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.runbook import Runbook, load
from drills.sandbox import descriptor
from tests.helpers.paths import DATA, DESCRIPTOR

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SMALL = DATA / "runbook_small.md"
TEXT = SMALL.read_text(encoding="utf-8")
EXPRESSIONS = descriptor.read(DESCRIPTOR).expressions


def changed(folder: Path, *changes: tuple[str, str]) -> Path:
    text = TEXT
    for old, new in changes:
        assert old in text, f"the sample no longer contains {old!r}"
        text = text.replace(old, new, 1)
    return written(folder, text.encode())


def written(folder: Path, raw: bytes) -> Path:
    path = folder / "runbook.md"
    path.write_bytes(raw)
    return path


def line_of(words: str, find: Callable[[str], bool] | None = None) -> int:
    matches = find or (lambda line: words in line)
    return next(number for number, line in enumerate(TEXT.splitlines(), start=1) if matches(line))


def reloaded(folder: Path, *changes: tuple[str, str]) -> Runbook:
    return load(changed(folder, *changes))
