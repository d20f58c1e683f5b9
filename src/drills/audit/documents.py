"""Audit: links of the runbook's files that lead to no file, no heading, or no port of the project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from drills.audit.finding import Finding, Kind, NotRun, Severity
from drills.audit.links import anchors, links
from drills.audit.named_elsewhere import LOCAL
from drills.runbook.errors import RunbookError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from drills.audit.finding import Result
    from drills.audit.material import Material

AUDIT: Final = "documents"
FILE: Final = Kind(AUDIT, "no-file", Severity.MEDIUM, "Correct the link, or add the file.")
ANCHOR: Final = Kind(AUDIT, "no-heading", Severity.MEDIUM, "Link to the heading as it is called now.")
PORT: Final = Kind(AUDIT, "no-port", Severity.MEDIUM, "Name the address under which the dashboard is found.")
MARKDOWN: Final = (".md", ".markdown")


def audit(material: Material) -> Iterator[Result]:
    """Yield links to files and headings that are not there; other addresses are not asked."""
    if not material.documents:
        yield NotRun(AUDIT, "no runbook was given (--runbook)")
        return
    foreign = 0
    for file in material.documents:
        for line, target in links(file):
            if urlsplit(target).scheme or target.startswith("//"):
                foreign += 1
            else:
                yield from _link(file, line, target)
    yield from _dashboards(material)
    if foreign:
        yield NotRun(AUDIT, f"{foreign} links to addresses are not followed: an audit leaves the network alone")


def _dashboards(material: Material) -> Iterator[Finding]:
    """Yield the runbook's dashboards on a port of this machine that the project does not publish."""
    if material.runbook is None or material.project is None:
        return
    for dashboard in material.runbook.dashboards:
        parts = urlsplit(dashboard.url)
        if parts.hostname in LOCAL and parts.port and parts.port not in material.project.published:
            title = f"the dashboard {dashboard.name} is on a port that nothing is published on"
            yield PORT.found(dashboard.name, title, f"{material.runbook.path.name}: {dashboard.url}")


def _link(file: Path, line: int, target: str) -> Iterator[Finding]:
    parts = urlsplit(target)
    linked = (file.parent / unquote(parts.path)) if parts.path else file
    where = f"{file.name}:{line}: {target}"
    if not linked.exists():
        yield FILE.found(f"{file.name}-{target}", f"{file.name} links to {parts.path}, which is not there", where)
    elif parts.fragment and linked.suffix.lower() in MARKDOWN and not _has(linked, unquote(parts.fragment)):
        yield ANCHOR.found(f"{file.name}-{target}", f"{file.name} links to a heading that is not there", where)


def _has(file: Path, fragment: str) -> bool:
    try:
        return fragment in anchors(file)
    except RunbookError:
        return False
