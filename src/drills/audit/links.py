"""Headings and links of a Markdown document."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from drills.common.wording import heading_anchor
from drills.runbook.document import line_of, read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from drills.runbook.document import Node


def anchors(file: Path) -> frozenset[str]:
    """Return the fragments under which the headings of *file* are found; raises RunbookError for an unreadable file."""
    return _anchors(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _anchors(file: Path, _changed_ns: int) -> frozenset[str]:
    found: dict[str, int] = {}
    names = set()
    for section in read(file).root.walk():
        anchor = heading_anchor(section.title)
        count = found.get(anchor, 0)
        names.add(f"{anchor}-{count}" if count else anchor)
        found[anchor] = count + 1
    return frozenset(names)


def links(file: Path) -> Iterator[tuple[int, str]]:
    """Yield each link and picture of *file* with its line; raises RunbookError for an unreadable file."""
    for section in read(file).root.walk():
        for block in (*section.blocks, *((section.heading,) if section.heading else ())):
            yield from _of(block)


def _of(block: Node) -> Iterator[tuple[int, str]]:
    for node in block.walk():
        target = (
            node.attrs.get("href") if node.type == "link" else node.attrs.get("src") if node.type == "image" else None
        )
        if target:
            yield line_of(node), str(target)
