"""Audit: containers, services, ports, files, settings, tables, keys that the runbook's commands name in vain."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from drills.audit.command_facts import Facts, facts
from drills.audit.finding import NotRun
from drills.audit.named_by_docker import compose_command, docker_command, spelling
from drills.audit.named_elsewhere import elsewhere
from drills.audit.words import commands
from drills.runbook.documented import documented

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.audit.finding import Finding, Result
    from drills.audit.material import Material
    from drills.runbook.model import Command

AUDIT: Final = "commands"


def audit(material: Material) -> Iterator[Result]:
    """Yield what documented commands name and what is not there, each name once, with its first line."""
    if material.runbook is None:
        yield NotRun(AUDIT, "no runbook was given (--runbook)")
        return
    if material.project is None:
        yield NotRun(AUDIT, "no compose file was given (--compose)")
        return
    known = facts(material)
    yield from (NotRun(AUDIT, reason) for reason in known.unknown)
    seen: dict[str, Finding] = {}
    for command in documented(material.runbook, originals=False):
        for finding in _of(command, known):
            where = f"{material.runbook.path.name}:{command.line}: {finding.evidence}"
            seen.setdefault(finding.id, replace(finding, evidence=where))
    yield from seen.values()


def _of(command: Command, known: Facts) -> Iterator[Finding]:
    for words in commands(command.text):
        yield from spelling(words, known)
        yield from compose_command(words, known)
        yield from docker_command(words, known)
        yield from elsewhere(words, known)
    if command.stdin:
        yield from elsewhere(["psql", "-c", command.stdin], known)
