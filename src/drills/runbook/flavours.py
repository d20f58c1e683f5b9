"""Forms that are no Markdown of their own: front matter, MkDocs' admonitions and tabs. Lines keep their numbers."""

from __future__ import annotations

import re

_FRONT = re.compile(r"\A(---|\+\+\+)[ \t]*\n(?:.*\n)*?\1[ \t]*(?=\n|\Z)")
_FRONT_TITLE = re.compile(r"^title\s*[:=]\s*(\S.*)$", re.MULTILINE)
_FRONT_ALERT = re.compile(r"^alert(?:_?name)?\s*[:=]\s*([\"']?\w+[\"']?)\s*$", re.MULTILINE)
_TEMPLATE = re.compile(r"#\s+(?:<%|\{\{|\{%)")
_MARKER = re.compile(r"(?P<indent>[ \t]*)(?:!!!|\?\?\?\+?|===[!+]?)[ ](?=\S)")
_DEEPER = 4
"""Spaces by which MkDocs indents what belongs to an admonition or a tab."""
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")


def plainer(text: str) -> str:
    """Return *text* as plain Markdown with as many lines; what an admonition or a tab holds stands beside the text."""
    front = _FRONT.match(text)
    lines = _FRONT.sub(lambda match: "\n" * match[0].count("\n"), text, count=1).split("\n")
    if front:
        _front(lines, front[0])
    at, fence = 0, ""
    while at < len(lines):
        match = _MARKER.match(lines[at])
        fence = _fence(lines[at], fence)
        if match and not fence:
            _dedent(lines, at + 1, len(match["indent"].expandtabs(_DEEPER)))
            lines[at] = f"{match['indent']}{_titled(lines[at][match.end() :])}"
        at += 1
    return "\n".join(lines)


def _front(lines: list[str], front: str) -> None:
    """Set the title and the alert of the front matter in *lines*; a heading stays, but one that a template fills in."""
    title, alert = _FRONT_TITLE.search(front), _FRONT_ALERT.search(front)
    at = _first_heading(lines)
    if title and (at is None or _TEMPLATE.match(lines[at])):
        at = at or 0
        lines[at] = f"# {_unquoted(title[1])}"
    if alert and at is not None and at + 1 < len(lines) and not lines[at + 1].strip():
        lines[at + 1] = f"**Alert**: `{_unquoted(alert[1])}`"


def _first_heading(lines: list[str]) -> int | None:
    """Return where the first heading of the highest level stands, outside code."""
    fence = ""
    for number, line in enumerate(lines):
        fence = _fence(line, fence)
        if not fence and re.match(r"#\s+\S", line):
            return number
    return None


def _unquoted(value: str) -> str:
    return value.strip().strip("\"'")


def _titled(words: str) -> str:
    """Return the title of an admonition or a tab, or the words that say what it is: `warning`."""
    quoted = re.search(r'"([^"]*)"', words)
    return (quoted[1] if quoted else "") or words.strip()


def _fence(line: str, fence: str) -> str:
    """Return the fence that is open after *line*, empty where none is."""
    match = _FENCE.match(line)
    if match is None:
        return fence
    if not fence:
        return match[1]
    return "" if match[1].startswith(fence) and not line[match.end() :].strip() else fence


def _dedent(lines: list[str], at: int, indent: int) -> None:
    while at < len(lines) and (not lines[at].strip() or _indent(lines[at]) >= indent + _DEEPER):
        lines[at] = lines[at].expandtabs(_DEEPER)[_DEEPER:]
        at += 1


def _indent(line: str) -> int:
    line = line.expandtabs(_DEEPER)
    return len(line) - len(line.lstrip(" "))
