"""Steps: the items of a list with what stands beside them, and code blocks that stand alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from drills.runbook.commands import commands_in
from drills.runbook.document import item_text, item_texts, line_of, plain
from drills.runbook.model import Step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drills.runbook.document import Node

LISTS = ("bullet_list", "ordered_list")
BESIDE = ("fence", "code_block", "blockquote")


@dataclass
class _Draft:
    title: str
    line: int
    notes: tuple[str, ...] = ()
    blocks: list[Node] = field(default_factory=list)

    def step(self) -> Step:
        return Step(self.title, self.notes, commands_in(self.blocks), self.line)


def steps(blocks: Iterable[Node], title: str = "") -> tuple[Step, ...]:
    """Read the items of lists as steps: words, bullets, commands.

    A code block beside an item belongs to it, as every reader of the page sees it; one below a paragraph is a step that
    the paragraph names, and one below nothing a step called *title*.
    """
    drafts: list[_Draft] = []
    words: _Draft | None = None
    for block in blocks:
        if block.type in LISTS:
            drafts += [_item(item) for item in block.children]
            words = None
        elif block.type in BESIDE:
            if words is None and not drafts:
                words = _Draft(title, line_of(block))
            if words is not None and words not in drafts:
                drafts.append(words)
            drafts[-1].blocks.append(block)
        elif block.type == "paragraph":
            words = _Draft(plain([block]).strip(), line_of(block), (), [block])
            if commands_in([block]):
                drafts.append(words)
        elif commands_in([block]):
            drafts.append(_Draft(title, line_of(block), (), [block]))
    return tuple(draft.step() for draft in drafts)


def _item(item: Node) -> _Draft:
    return _Draft(item_text(item), line_of(item), item_texts(item.children), list(item.children))
