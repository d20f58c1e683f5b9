"""The alert of an incident's chapter: its name, and what its own words say of limit and window."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drills.runbook.errors import LineError
from drills.runbook.figures import figures
from drills.runbook.incident_chapter import ALERT_TITLE, texts
from drills.runbook.incident_chapter import title as heading
from drills.runbook.measures import measured
from drills.runbook.model import Alert, Quantity
from drills.runbook.quantities import limit
from drills.runbook.roles import Role, bare
from drills.runbook.windows import window_s

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.common.threshold import Threshold
    from drills.runbook.document import Node
    from drills.runbook.incident_chapter import Chapter
    from drills.runbook.parts import Part

_NAME = re.compile(r"(?=\w*[a-z0-9][A-Z]|\w*[A-Z]{2,}[a-z]|\w*_\w)[A-Za-z]\w*")
_NAMED = re.compile(
    rf"[\"'`]?({_NAME.pattern})[\"'`]?(?=\s*(?:\Z|[(:,.;/\u2013-]|(?i:fires|alert|runbook|playbook|is |and )))"
)
_ALERT_ITEM = re.compile(rf"(?:\[.\]\s*)?alerts?\s*:?\s*[`\"']?({_NAME.pattern})", re.IGNORECASE)


def alert(chapter: Chapter) -> Alert:
    """Return the alert of an incident, with the limit and the window that its own words give."""
    named = next(iter(chapter.of(Role.ALERT)), None)
    line, text = _alert_text(chapter)
    quantity, threshold, window = _level(line, text)
    return Alert(_alert_name(chapter, named, text), quantity, threshold, window, text, line)


def _alert_text(chapter: Chapter) -> tuple[int, str]:
    named = next(iter(chapter.of(Role.ALERT)), None)
    return (named.line, named.text or " ".join(texts(named))) if named else (chapter.line, "")


def _level(line: int, text: str) -> tuple[Quantity, Threshold | None, float | None]:
    """Read what the alert measures and its limit, where its own words say both; nothing is taken from elsewhere."""
    try:
        return _said(line, text)
    except LineError:
        return Quantity.OTHER, None, None


def _said(line: int, text: str) -> tuple[Quantity, Threshold, float | None]:
    quantity = measured(line, text)
    if quantity is None:
        raise LineError(line, f"{text!r} names no known quantity; expected words like 'error rate'")
    return quantity, limit(line, quantity, text), window_s(line, quantity, text)


def unread_level(chapter: Chapter) -> Iterator[tuple[int, str]]:
    """Yield why the figures in an alert's words were not read, where they have any."""
    line, text = _alert_text(chapter)
    if not any(not each.spelt for each in figures(text)):
        return
    try:
        _said(line, text)
    except LineError as error:
        yield error.line, f"{error}; nothing is read as the alert's threshold"


def _alert_name(chapter: Chapter, named: Part | None, text: str) -> str:
    spans = [node.content for node in _code(named)] if named else []
    if spans and re.fullmatch(r"[\w:.-]+", spans[0]):
        return spans[0]
    title = bare(chapter.title)
    titled = ALERT_TITLE.fullmatch(title)
    said = titled[1].strip() if titled else ""
    found = next((match for each in (text, said, title) if (match := _NAMED.match(each))), None)
    if found:
        return found[1]
    told = (_alert_item(each) for part in chapter.of(Role.SYMPTOMS, Role.ABOUT) for each in texts(part))
    item = next((each for each in told if each), None)
    if item:
        return item
    if said:
        return re.sub(r"\s*\(.*\)\s*$", "", said).strip("\"'` ")
    if _NAME.fullmatch(chapter.stem):
        return chapter.stem
    return "".join(word[:1].upper() + word[1:] for word in re.findall(r"\w+", heading(chapter))) or chapter.stem


def _alert_item(text: str) -> str | None:
    """Return the name in an item such as "Alert: `PostgresDown` fires"."""
    match = _ALERT_ITEM.match(text)
    return match[1] if match and _NAME.fullmatch(match[1]) else None


def _code(part: Part) -> Iterator[Node]:
    for node in part.inline:
        yield from (leaf for leaf in node.walk() if leaf.type == "code_inline")
    for block in part.blocks:
        yield from (leaf for leaf in block.walk() if leaf.type == "code_inline")
