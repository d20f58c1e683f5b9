"""`drills plan`: print every line that drills would type at a sandbox, and start nothing."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from drills.commands.declared_scenarios import declared_scenarios
from drills.commands.planned_lines import code_of, not_started, planned_lines, stack_lines
from drills.plugin.chosen import chosen_causes, without_original
from drills.record.verdicts import Arm
from drills.runbook import RunbookError, load
from drills.runbook.placeholders import filled
from drills.sandbox import descriptor
from drills.sandbox.errors import SandboxError
from drills.settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from drills.commands.planned_lines import PlannedLine
    from drills.drill.scenario import Scenario
    from drills.drill.system import System

BAD_INPUT = 2
ALL = "all"
WIDTH = len("investigation")
NOTES = {
    "investigation": "typed before the fault, and again while the alert fires",
    "restart": "typed after a recovery, to see whether it lasts",
    "undo": "typed at the end, whatever happened before",
    "snapshot": "typed before and after each arm",
    "heal": "typed at the end of each arm",
    "boot": "typed once in each sandbox",
}


def main(arguments: Sequence[str]) -> int:
    """Print the plan; returns 0, or 2 with one sentence on stderr for what cannot be used."""
    options = _parser().parse_args(arguments)
    try:
        sys.stdout.writelines(f"{line}\n" for line in _plan(options))
    except (RunbookError, SandboxError, ValueError) as error:
        sys.stderr.write(f"drills plan: {error}\n")
        return BAD_INPUT
    except BrokenPipeError:
        # The reader of the output, such as `head`, has ended; without this the interpreter would fail at its exit.
        sys.stdout = None
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="drills plan", description=__doc__)
    parser.add_argument("--cause", action="append", default=[], metavar="N.M", help="only this cause, as in pytest")
    parser.add_argument("--arm", choices=[*map(str, Arm), ALL], default=ALL, help="only this arm")
    parser.add_argument("--runbook", type=Path, metavar="FILE", help="another document")
    parser.add_argument("--stack", type=Path, metavar="FILE", help="descriptor of another stack")
    return parser


def _plan(options: argparse.Namespace) -> Iterator[str]:
    about = descriptor.read(options.stack or settings().stack_path)
    book = filled(load(options.runbook or settings().runbook_path), about.placeholders)
    system = not_started(about, book, settings().load_suite())
    causes = chosen_causes(book, options.cause)
    scenarios = _chosen(declared_scenarios(), set(causes))
    if options.arm == Arm.ORIGINAL:
        without_original(book, {scenario.cause for scenario in scenarios}, {name for name in causes if causes[name]})
    arms = [arm for arm in Arm if options.arm in {arm, ALL}]
    for scenario in scenarios:
        yield from _drill(scenario, arms, system)
    yield f"Sandbox of the stack {about.name!r}"
    yield from _told(stack_lines(about))


def _chosen(scenarios: Iterable[Scenario], causes: set[str]) -> list[Scenario]:
    """Return the scenarios of *causes*, of all where none is chosen; raises ValueError for one without a drill."""
    found = {scenario.cause: scenario for scenario in scenarios}
    missing = sorted(causes - found.keys())
    if missing:
        raise ValueError(f"there is no drill for {', '.join(missing)}; there are drills for {', '.join(sorted(found))}")
    return [scenario for cause, scenario in sorted(found.items()) if not causes or cause in causes]


def _drill(scenario: Scenario, arms: Iterable[Arm], system: System) -> Iterator[str]:
    _, cause = scenario.row(system.runbook)
    fault = scenario.fault()
    for arm in arms:
        if arm is Arm.ORIGINAL and not (scenario.original and cause.original):
            continue
        yield f"{cause.id} {cause.name}, {arm}"
        yield f"  {'fault':<{WIDTH}}  {code_of(fault, 'inject')}: {fault.name}, whose code types more"
        yield from _told(planned_lines(scenario, arm, system))
        yield ""


def _told(lines: Iterable[PlannedLine]) -> Iterator[str]:
    """Yield what is printed of each line; the first of a purpose says when it is typed."""
    noted = set()
    for line in lines:
        if line.purpose in NOTES and line.purpose not in noted:
            yield f"  {line.purpose:<{WIDTH}}  # {NOTES[line.purpose]}"
        noted.add(line.purpose)
        yield f"  {line.purpose:<{WIDTH}}  {line.where}: {line.text}"
        yield from (f"  {'':<{WIDTH}}    < {typed}" for typed in (line.stdin or "").splitlines())
