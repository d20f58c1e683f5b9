"""`drills audit`: what is wrong in rules, runbook, dashboards, scripts and compose project, although nothing fails."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from drills.audit.errors import AuditError
from drills.audit.finding import Outcome
from drills.audit.running import AUDITS, audited
from drills.audit.waivers import read_waivers, unexcused
from drills.commands.arguments import folder
from drills.commands.audit_material import material
from drills.common.files import write_text
from drills.common.visible import visible
from drills.reports import templates
from drills.runbook import RunbookError
from drills.sandbox.errors import SandboxError
from drills.settings import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drills.audit.waivers import Waiver

FOUND: Final = 1
BAD_INPUT: Final = 2
NOTHING_AUDITED: Final = 5
AUDIT_FAILED: Final = 7
SCHEMA: Final = 1
COLOURS: Final = {"high": "red", "medium": "yellow", "low": "cyan"}


def main(arguments: Sequence[str]) -> int:
    """Audit, write `audit.json` and `audit.md`, print a table; returns the code that docs/options.md names."""
    options = _parser().parse_args(arguments)
    try:
        given, waivers = material(options), _waivers(options)
    except (AuditError, RunbookError, SandboxError) as error:
        sys.stderr.write(visible(f"drills audit: {error}\n"))
        return BAD_INPUT
    try:
        outcome = audited(given)
    except AuditError as error:
        sys.stderr.write(visible(f"drills audit: {error}\n"))
        return BAD_INPUT
    except Exception as error:  # noqa: BLE001 - a mistake of an audit is no finding about the system
        sys.stderr.write(visible(f"drills audit: an audit itself failed: {type(error).__name__}: {error}\n"))
        return AUDIT_FAILED
    finally:
        if given.live is not None:
            given.live.close()
    left = unexcused(outcome.findings, waivers, datetime.now(UTC).date(), outcome.unseen)
    outcome = Outcome(left, outcome.not_run)
    _write(outcome, options.output or settings().path(settings().output))
    _show(outcome)
    return _code(outcome, options.output or settings().path(settings().output))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="drills audit", description=__doc__)
    parser.add_argument(
        "--rules", type=Path, nargs="+", metavar="FILE", help="rule files of Prometheus, or their folder"
    )
    parser.add_argument("--runbook", type=Path, metavar="PATH", help="another document, or a folder of them")
    parser.add_argument(
        "--compose", type=Path, nargs="+", metavar="FILE", help="compose files, the later over the earlier"
    )
    parser.add_argument("--env-file", type=Path, metavar="FILE", help="variables of the compose files, instead of .env")
    parser.add_argument("--dashboards", type=Path, metavar="DIR", help="Grafana's dashboards as JSON")
    parser.add_argument("--scripts", type=Path, metavar="DIR", help="shell scripts")
    parser.add_argument("--prometheus", type=Path, metavar="FILE", help="Prometheus' configuration: jobs and intervals")
    parser.add_argument("--alertmanager", type=Path, metavar="FILE", help="Alertmanager's configuration")
    parser.add_argument("--metrics", nargs="+", metavar="[JOB=]FILE", help="what services expose, as text")
    parser.add_argument("--target", metavar="URL", help="a running Prometheus, whose series stand for --metrics")
    parser.add_argument("--stack", type=Path, metavar="FILE", help="descriptor of the stack that measures")
    parser.add_argument("--waivers", type=Path, metavar="FILE", help="findings that are accepted, with reason and day")
    parser.add_argument("--output", type=folder, metavar="DIR", help="where audit.json and audit.md go")
    return parser


def _waivers(options: argparse.Namespace) -> tuple[Waiver, ...]:
    own = settings().audit.waivers
    file = options.waivers or (settings().path(own) if own else None)
    return read_waivers(file) if file else ()


def _write(outcome: Outcome, output: Path) -> None:
    held = {
        "schema": SCHEMA,
        "findings": [asdict(each) for each in outcome.findings],
        "not_run": [asdict(each) for each in outcome.not_run],
    }
    write_text(output / "audit.json", json.dumps(held, indent=2, ensure_ascii=False) + "\n")
    page = templates.render("audit.md.j2", findings=outcome.findings, not_run=outcome.not_run)
    write_text(output / "audit.md", page)


def _show(outcome: Outcome) -> None:
    console = Console(highlight=False)
    table = Table(header_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for heading in ("Severity", "Finding", "Evidence"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "Severity")
    for each in outcome.findings:
        colour = COLOURS[each.severity]
        told = f"{escape(visible(each.title))}\n[dim]{escape(visible(each.id))}"
        table.add_row(f"[{colour}]{each.severity}", told, escape(visible(each.evidence)))
    if outcome.findings:
        console.print(table)
    for skipped in outcome.not_run:
        console.print(
            f"not looked at: {escape(visible(skipped.audit))}: {escape(visible(skipped.reason))}", style="yellow"
        )
    console.print(f"{len(outcome.findings)} findings, {len(outcome.not_run)} parts not looked at")


def _code(outcome: Outcome, output: Path) -> int:
    sys.stdout.write(f"{output / 'audit.md'}\n")
    if outcome.findings:
        return FOUND
    return NOTHING_AUDITED if {each.audit for each in outcome.not_run} >= AUDITS.keys() else 0
