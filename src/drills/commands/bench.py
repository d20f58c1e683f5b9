"""Measure what the project promises about time: boots, checks, and where each drill's time goes; see `make bench`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from drills import runbook
from drills.commands import bench_checks
from drills.commands.arguments import PYTEST, refused
from drills.common.waiting import WaitTimeout
from drills.drill.phases.durability import STUCK_S
from drills.drill.system import System
from drills.record.events import DurabilityStage, RanCommand
from drills.record.experiment_verdict import arm_folders
from drills.record.reader import read
from drills.record.verdicts import Arm
from drills.runbook.model import Quantity
from drills.runbook.rules import render
from drills.sandbox import descriptor, setup, stack
from drills.sandbox.errors import SandboxError
from drills.settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drills.record.history import History
    from drills.runbook.expressions import Expressions
    from drills.sandbox.descriptor import Descriptor

BAD_INPUT = 2
BOOTS = 3
TIME_SCALE = 60.0
HEADLINE = ("-m", "headline")
HELP = """usage: drills bench [checks | PYTEST ARGUMENT…]

Boot some sandboxes, run the checks, run drills, and print where their time goes. `checks` ends before the drills. Other
arguments choose the drills, such as --cause 5.1; without any they are the headline drills.
"""


def main(arguments: list[str]) -> int:
    """Boot some sandboxes, run the checks, run drills, and print figures; returns the exit code of the drills.

    The drills are those that pytest is asked for with the arguments of the command line, or else the headline drills.
    They run one at a time, unless the arguments say otherwise: drills side by side slow each other down.
    """
    if {"-h", "--help"} & set(arguments):
        sys.stdout.write(HELP)
        return 0
    checks_only = arguments == ["checks"]
    chosen = arguments or list(HEADLINE)
    if not checks_only and (code := refused(chosen)):
        return code
    try:
        return _measure(chosen, checks_only=checks_only)
    except (SandboxError, WaitTimeout, bench_checks.ChecksFailed) as error:
        sys.stderr.write(f"drills bench: {error}\n")
        return BAD_INPUT


def _measure(chosen: list[str], *, checks_only: bool) -> int:
    about = descriptor.read(settings().stack_path)
    for name, figures in warm(about):
        _tell(name, figures)
    if checks_only:
        return 0
    began = time.monotonic()
    code = subprocess.run(
        [*PYTEST, settings().scenarios, "-q", *chosen],
        check=False,
        stdout=sys.stderr,
    ).returncode
    _tell("drills", f"{time.monotonic() - began:.0f} s, pytest exit {code}")
    for folder in arm_folders(settings().path(settings().output)):
        _tell(folder.name, share(read(folder), about.expressions))
    return code


def _tell(name: str, figures: str) -> None:
    sys.stdout.write(f"{name:<18} {figures}\n")
    sys.stdout.flush()


def warm(about: Descriptor) -> Iterator[tuple[str, str]]:
    """Yield the times from nothing to a healthy stack, images ready, and those of the checks on the last one."""
    prepared = setup.prepare(about)
    loaded = runbook.load(settings().runbook_path)
    seconds = []
    for left in reversed(range(BOOTS)):
        began = time.monotonic()
        with stack.running(
            about,
            prepared.sandbox_image,
            prepared.store,
            render(loaded, about.expressions, TIME_SCALE),
            time_scale=TIME_SCALE,
        ) as booted:
            seconds.append(time.monotonic() - began)
            if not left:
                shown = ", ".join(f"{second:.1f}" for second in seconds)
                yield "boot", f"median {statistics.median(seconds):.1f} s ({shown})"
                suite = settings().load_suite()
                system = System(booted, loaded, TIME_SCALE, str, print, suite)
                yield from bench_checks.measured(system.context, suite.checks().all)


def share(history: History, expressions: Expressions) -> str:
    """Say how much of an arm's time was neither a window of the runbook nor a documented command's own time."""
    windows = _windows(history, expressions)
    commands = _seconds(
        history.of(RanCommand, purpose=purpose) for purpose in ("diagnose", "resolve", "verify", "placebo", "restart")
    )
    beyond = max(0.0, history.end_s - windows - commands)
    return (
        f"{history.end_s:6.1f} s: windows {windows:.1f}, commands {commands:.1f}, "
        f"beyond them {beyond:.1f} ({100 * beyond / history.end_s:.0f} %)"
    )


def _windows(history: History, expressions: Expressions) -> float:
    """Return the seconds that a drill has to let pass, however fast it is.

    They are the part of the quiet time before the fault that fell into this arm, the alert's own window, and the hold
    after the recovery; for each stage of the durability the time in which the fault would show, or that after which a
    metric away from its target counts as a relapse; where the metric is a rate, its window twice, since it has to fill
    and to empty. A placebo is watched for a time that follows from the solution's, which contains its hold and its
    second rate window.
    """
    head = history.head
    sustain_s = head.sustain_s
    rate_s = sustain_s if expressions.is_rate(Quantity(head.quantity)) else 0.0
    quiet_s = min(head.quiet_s, history.milestone("injected") or history.end_s)
    resolved, watched = history.milestone("resolved"), history.milestone("watched")
    if head.arm is Arm.PLACEBO and resolved is not None and watched is not None:
        watch_s = watched - resolved
    else:
        watch_s = sustain_s + rate_s
    stages = (
        max(sustain_s, STUCK_S if stage.held is False else stage.needed_s or 0.0)
        for stage in history.of(DurabilityStage)
        if stage.watched_s != 0
    )
    return quiet_s + (head.window_s or 0.0) / head.time_scale + rate_s + watch_s + sum(stages)


def _seconds(groups: Iterable[list[RanCommand]]) -> float:
    return sum(command.seconds for group in groups for command in group)
