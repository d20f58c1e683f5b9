"""The parts of one incident's chapter: below its headings, after its labels, or in the fields of its list."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from drills.runbook.document import inline_lines, line_of, plain
from drills.runbook.roles import Role, bare, role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from drills.runbook.document import Node, Section

LABEL_LONGEST = 60
_PLAIN_LABEL = re.compile(r"([A-Z][^:.`]{2,58}):(?:\s+|\Z)")
INSIDE = {
    Role.DIAGNOSIS: (
        Role.MITIGATION,
        r"(?:(?:possible|potential|common) )?(?:\w+ and )?(?:mitigat|remedi|resol|solut|fix)\w*",
    ),
    Role.MITIGATION: (
        Role.VERIFICATION,
        r"(?:(?:resolution|recovery) )?(?:verification|validation)|(?:verify|confirm) (?:the )?(?:fix|re\w+)|after .*",
    ),
}
"""Parts that stand below the heading of another one, by their whole name; a step that verifies stays where it is."""
_AT_ONCE = re.compile(r"(?:immediate|initial|first|emergency|response|quick)\b", re.IGNORECASE)
_LOOKS = re.compile(
    r"(?:assess|check|confirm|determine|gather|identify|inspect|look|quick assess|review|verify)\b", re.IGNORECASE
)
"""What is done at once begins with looking: "Immediate actions", and below it "Identify the node"."""
_DETAILS = (Role.ALERT, Role.SEVERITY, Role.ABOUT)
_VERIFY = re.compile(r"(?:verify|validate|confirm)\s+\S", re.IGNORECASE)
"""A sentence before a step, such as "Verify this:"; only in bold letters it names a part."""
_LISTS = ("bullet_list", "ordered_list")


@dataclass
class Part:
    """A part of a chapter: what it is, the words beside its name, its blocks, and the sections below it."""

    role: Role | None
    title: str
    line: int
    inline: list[Node] = field(default_factory=list)
    blocks: list[Node] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The words beside the name."""
        words = plain(self.inline).strip()
        return words.removeprefix(f"{self.title}:").strip().lstrip(":").strip()


def parts_of(section: Section, *, bullets: bool = False) -> list[Part]:
    """Return the parts of *section* in order; the first holds what stands before any name.

    Where *bullets* is true, the items of a list may be named as well.
    """
    parts = [Part(Role.ABOUT, section.title, section.line)]
    _add_blocks(parts, section.blocks, bullets=bullets)
    for child in section.children:
        parts += _of_child(child)
    _look_before_acting(parts)
    return parts


def _look_before_acting(parts: list[Part]) -> None:
    """Make an investigation of what is verified before anything is mitigated: "Verify the scope"."""
    acts = next((place for place, part in enumerate(parts) if part.role is Role.MITIGATION), 0)
    for part in parts[:acts]:
        if part.role is Role.VERIFICATION and _VERIFY.match(bare(part.title)):
            part.role = Role.DIAGNOSIS


def _of_child(child: Section) -> list[Part]:
    """Return a subsection as a part; one whose name is not known is cut by its own labels, if it has any."""
    known = role(child.title)
    if known in _DETAILS and (details := _details(child)):
        return details
    if known in INSIDE:
        return _split(known, child)
    if known is not None:
        return [Part(known, child.title, child.line, [], list(child.blocks), list(child.children))]
    inner = parts_of(child)
    if sum(part.role is not None for part in inner) > 1:
        return inner
    return [Part(None, child.title, child.line, [], list(child.blocks), list(child.children))]


def _details(child: Section) -> list[Part]:
    """Return the labelled fields below a heading such as "Alert details", none where it has none of an alert."""
    own = parts_of(replace(child, children=()), bullets=True)
    if not any(part.role in (Role.ALERT, Role.SEVERITY) for part in own[1:]):
        return []
    for part in own[1:]:
        if part.role not in (*_DETAILS, Role.LEVEL, Role.ESCALATION):
            part.role = Role.ABOUT
    return [*own, *(part for below in child.children for part in _of_child(below))]


def _split(known: Role, child: Section) -> list[Part]:
    """Return a part with steps; a heading below it that names other steps begins a part of its own."""
    parts = [Part(known, child.title, child.line, [], list(child.blocks), [])]
    for below in child.children:
        other, words = INSIDE[known]
        if known is Role.MITIGATION and _AT_ONCE.match(bare(child.title)) and _LOOKS.match(bare(below.title)):
            other, words = Role.DIAGNOSIS, ".*"
        if re.fullmatch(words, bare(below.title), re.IGNORECASE):
            parts.append(Part(other, below.title, below.line, [], list(below.blocks), list(below.children)))
        else:
            parts[0].sections.append(below)
    only_looks = not parts[0].blocks and not parts[0].sections and parts[-1].role is Role.DIAGNOSIS
    return parts[1:] if only_looks else parts


def _add_blocks(parts: list[Part], blocks: Iterable[Node], *, bullets: bool) -> None:
    for block in blocks:
        if block.type == "blockquote":
            _add_blocks(parts, block.children, bullets=bullets)
        elif block.type == "paragraph":
            _add_paragraph(parts, block)
        elif block.type == "table" and _pairs(block):
            parts += _pairs(block)
        elif bullets and block.type in _LISTS and _named_items(block):
            _add_items(parts, block)
        else:
            parts[-1].blocks.append(block)


def _add_paragraph(parts: list[Part], block: Node) -> None:
    lines = [(line, nodes, _label(nodes)) for line, nodes in inline_lines(block)]
    if not any(role(label) for _, _, (label, _) in lines if label):
        parts[-1].blocks.append(block)
        return
    for line, nodes, (label, rest) in lines:
        if label:
            parts.append(Part(role(label) or Role.ABOUT, label, line, rest))
        else:
            parts[-1].inline += nodes


def _label(nodes: Sequence[Node]) -> tuple[str, list[Node]]:
    """Return the label that a line begins with and the nodes after it; an empty label where there is none."""
    if not nodes:
        return "", []
    first, whole = nodes[0], plain(nodes).strip()
    after = plain(nodes[1:]).lstrip()
    if first.type in ("strong", "em"):
        label = plain([first]).strip()
        if label.endswith(":") or after.startswith(":") or not after:
            return label.rstrip(":").strip(), list(nodes[1:])
    if whole.endswith(":") and len(whole) < LABEL_LONGEST and not _VERIFY.match(whole):
        return whole.rstrip(":"), []
    match = _PLAIN_LABEL.match(first.content) if first.type == "text" else None
    return (match[1], list(nodes)) if match and role(match[1]) in (Role.ALERT, Role.SEVERITY, Role.LEVEL) else ("", [])


def _pairs(table: Node) -> list[Part]:
    """Return the rows of a table of names and values (`| Severity | critical |`) as parts, none for another table."""
    rows = [row.children for part in table.children for row in part.children]
    if not rows or any(len(row) != 2 for row in rows):  # noqa: PLR2004 - a name and its value
        return []
    named = [(role(plain(row[0].children).strip()), row) for row in rows]
    if not any(known in (Role.ALERT, Role.SEVERITY) for known, _ in named):
        return []
    return [
        Part(known or Role.ABOUT, plain(row[0].children).strip(), line_of(row[0]), list(row[1].children))
        for known, row in named
    ]


def _item_label(item: Node) -> tuple[str, list[Node]]:
    paragraph = item.children[0] if item.children and item.children[0].type == "paragraph" else None
    if paragraph is None:
        return "", []
    label, rest = _label(next(iter(inline_lines(paragraph)))[1])
    if label:
        return label, rest
    words = _PLAIN_LABEL.match(plain([paragraph]))
    return (words[1], list(paragraph.children)) if words and role(words[1]) else ("", [])


def _named_items(block: Node) -> bool:
    labels = [_item_label(item)[0] for item in block.children]
    return sum(bool(label) and role(label) is not None for label in labels) > 1


def _add_items(parts: list[Part], block: Node) -> None:
    for item in block.children:
        label, rest = _item_label(item)
        known = role(label) if label else None
        if label:
            parts.append(Part(known or Role.ABOUT, label, line_of(item), rest, list(item.children[1:])))
        else:
            parts[-1].blocks += item.children


def walk(parts: Iterable[Part]) -> Iterator[tuple[Part, Section | None]]:
    """Yield each part and, after it, the sections below it."""
    for part in parts:
        yield part, None
        for section in part.sections:
            for below in section.walk():
                yield part, below
