"""A document as Slack's blocks, within the lengths that Slack takes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from drills.incident.blocks import Title
from drills.incident.plain import block_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.incident.blocks import Block, Document

HEADER: Final = 150
SECTION: Final = 3000
BLOCKS: Final = 50
CUT: Final = "…"


def slack(document: Document) -> str:
    """Return the JSON of a message: the subject as header, then a section for each part of the document."""
    blocks = [_header(document.subject), *(_section(text) for text in _sections(document))]
    if len(blocks) > BLOCKS:
        blocks = [
            *blocks[: BLOCKS - 1],
            _section(f"{len(blocks) - BLOCKS + 1} more parts stand in the document itself."),
        ]
    return json.dumps({"text": _escaped(document.subject), "blocks": blocks}, indent=2, ensure_ascii=False) + "\n"


def _header(text: str) -> dict[str, Any]:
    short = text if len(text) <= HEADER else text[: HEADER - 1] + CUT
    return {"type": "header", "text": {"type": "plain_text", "text": short}}


def _section(text: str) -> dict[str, Any]:
    short = text if len(text) <= SECTION else text[: SECTION - 1] + CUT
    return {"type": "section", "text": {"type": "mrkdwn", "text": short}}


def _sections(document: Document) -> Iterator[str]:
    """Yield a text for each title with what follows it."""
    yield from (_escaped(sentence) for sentence in document.above)
    text: list[str] = []
    for block in document.blocks:
        if isinstance(block, Title) and text:
            yield "\n".join(text)
            text = []
        text.append(_part(block))
    if text:
        yield "\n".join(text)


def _part(block: Block) -> str:
    return f"*{_escaped(block.text)}*" if isinstance(block, Title) else _escaped(block_text(block))


def _escaped(text: str) -> str:
    """Escape what Slack acts on: so no note mentions a channel or hides an address."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
