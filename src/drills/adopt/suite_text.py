"""The small files of a suite: its settings, its waivers, and a fragment for the owner's Makefile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.adopt.texts import literal, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from drills.adopt.rows import Row

MAKE = """# Include this in your Makefile: `include {into}/drills.mk`. Each target runs in the suite's own folder.
.PHONY: drills-plan drills-check drills-hold

drills-plan:  ## print every line that drills would type; nothing starts
	cd {into} && drills plan

drills-check:  ## check the running system: TARGET is a table of targets.toml
	cd {into} && pytest checks --target $(or $(TARGET),local)

drills-hold:  ## hold the drills in sandboxes, and write the report
	cd {into} && drills setup && pytest scenarios
"""

CHECKS = '''"""Checks of the parts that any system may have; of what targets.toml does not give, nothing is checked."""

from collections.abc import Callable

import pytest

from drills.checks import Check
from drills.checks.catalogue import common_checks


def _marked(check: Check) -> object:
    marks = [getattr(pytest.mark, name) for name in ("writes", "disruptive") if getattr(check, name)]
    return pytest.param(check, id=check.name.replace(" ", "-"), marks=marks)


@pytest.mark.parametrize("check", [_marked(check) for check in common_checks().all])
def test_part(check: Check, run_check: Callable[[Check], None]) -> None:
    """The check passes: this part of the system is sound."""
    run_check(check)
'''


def pyproject(runbook: str | None) -> str:
    """Return the settings of the suite; *runbook* is the document as seen from the suite's folder."""
    book = (
        f"runbook = {literal(runbook)}\n" if runbook else "# runbook = …  # Asked: the document that responders use\n"
    )
    return (
        f'# The settings of the drills; this folder is their root.\n[tool.drills]\n{book}stack = "stack.toml"\n'
        'targets = "targets.toml"\nowner = ""  # Asked: who answers for a drill that ends red\n'
    )


def waivers(rows: Iterable[Row], until: date) -> str:
    """Return the rows without a drill, each with its reason, excused until a day."""
    tables = [
        f"[[waiver]]\ncause = {literal(row.cause.id)}\nreason = {literal(one_line(row.why_not))}\nuntil = {until}\n"
        for row in rows
        if row.why_not
    ]
    return "\n".join(
        ["# Rows of the runbook that have no drill yet. After its last day each ends a run red.\n", *tables]
    )


def make(into: str) -> str:
    """Return the fragment; *into* is the suite's folder as seen from the project's."""
    return MAKE.replace("{into}", into)
