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
PRODUCT = re.compile(
    r"(?:Postgre|My|No|Maria|Micro)SQL|\w+DB|\w+MQ|Git(?:Hub|Lab)|OpenS\w+|Kube[A-Z]irt|ClickHouse|JavaScript|CoreDNS|iOS|macOS"
)
"""Names of programs that look like an alert's."""
_TRIGGER = re.compile(r"trigger", re.IGNORECASE)
_LASTS = re.compile(r"\bduration", re.IGNORECASE)
_QUOTED = rf"[`\"]({_NAME.pattern})[`\"](?:\s*\([^()]*\))?"
_FIRES = re.compile(
    rf"\b[Aa]lerts?(?:\s+fires?\s+for|\s+named|\s+called|\s+triggered|\s+firing)?\s*:?\**\s*{_QUOTED}"
    rf"|{_QUOTED}(?:\s*(?:,|and|or|/)\s*`[^`]+`(?:\s*\([^()]*\))?)*\s+(?:alerts?\b|(?:is\s+)?firing\b|fires\b)"
)
"""A sentence that quotes the alert's name: "alert `NodeDown` fires", "the `NodeDown` alert"."""
_LIST = re.compile(rf"[`\"']?{_NAME.pattern}[`\"']?(?:\s*(?:,|/|and|or)\s*[`\"']?{_NAME.pattern}[`\"']?)+")
_ALERT_ITEM = re.compile(rf"(?:\[.\]\s*)?alerts?\s*:?\s*[`\"']?({_NAME.pattern})", re.IGNORECASE)


def alert(chapter: Chapter) -> Alert:
    """Return the alert of an incident, with the limit and the window that its own words give."""
    named = next(iter(chapter.of(Role.ALERT)), None)
    line, text = _alert_text(chapter)
    quantity, threshold, window = _level(line, text)
    return Alert(_alert_name(chapter, named, text), quantity, threshold, window, text, line)


def _alert_text(chapter: Chapter) -> tuple[int, str]:
    """Return the words about the alert with their line: its name, when it is triggered, its threshold, its duration."""
    named = chapter.of(Role.ALERT)[:1]
    triggers = [part for part in chapter.of(Role.ALERT)[1:] if _TRIGGER.match(bare(part.title))]
    parts = [*named, *triggers, *chapter.of(Role.LEVEL)]
    said = [(part, part.text or " ".join(texts(part))) for part in parts]
    words = [f"for {text}" if _LASTS.search(part.title) else text for part, text in said]
    return (parts[0].line if parts else chapter.line), ", ".join(text for text in words if text)


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
    name = _named((text, said, title)) or _told(chapter)
    if name or said:
        return name or re.sub(r"\s*\(.*\)\s*$", "", said).strip("\"'` ")
    if _NAME.fullmatch(chapter.stem):
        return chapter.stem
    return "".join(word[:1].upper() + word[1:] for word in re.findall(r"\w+", heading(chapter))) or chapter.stem


def _named(texts_of: tuple[str, ...]) -> str | None:
    """Return the first name that one of these begins with; a program's name is none."""
    names = (match[1] for each in texts_of if (match := _NAMED.match(each)))
    return next((name for name in names if not PRODUCT.fullmatch(name)), None)


def _told(chapter: Chapter) -> str | None:
    """Return the name that the symptoms or the words about the incident give: in an item, or quoted in a sentence."""
    parts = chapter.of(Role.SYMPTOMS, Role.ABOUT)
    items = (_alert_item(each) for part in parts for each in texts(part))
    return next((each for each in items if each), None) or next(
        (name for part in parts for name in _quoted(part)), None
    )


def _alert_item(text: str) -> str | None:
    """Return the name in an item such as "Alert: `PostgresDown` fires"."""
    match = _ALERT_ITEM.match(text)
    return match[1] if match and _NAME.fullmatch(match[1]) else None


def _quoted(part: Part) -> Iterator[str]:
    """Yield the alerts whose names the paragraphs and items of a part quote."""
    for block in part.blocks:
        for inline in (node for node in block.walk() if node.type == "inline"):
            yield from (match[1] or match[2] for match in _FIRES.finditer(inline.content))


def several(chapter: Chapter) -> Iterator[tuple[int, str]]:
    """Yield the alerts that a chapter names beside its own: an incident has one."""
    for part in chapter.of(Role.ALERT)[:1]:
        words = part.text or " ".join(texts(part))
        spans = [node.content for node in _code(part) if _NAME.fullmatch(node.content)]
        listed = _LIST.match(words)
        others = dict.fromkeys([*spans[1:], *(re.findall(r"\w+", listed[0])[1:] if listed else [])])
        for name in others:
            if _NAME.fullmatch(name) and name not in spans[:1]:
                yield part.line, f"the alert {name} is not read: this incident has another; write a chapter for each"


def _code(part: Part) -> Iterator[Node]:
    for node in part.inline:
        yield from (leaf for leaf in node.walk() if leaf.type == "code_inline")
    for block in part.blocks:
        yield from (leaf for leaf in block.walk() if leaf.type == "code_inline")
