"""`drills doctor` measures this machine, and says what will be unreliable and which time scale suits it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from drills import runbook
from drills.commands.advice import SCALES, Level, advice, time_scale
from drills.common.screen import shown
from drills.runbook import RunbookError
from drills.runbook.rules import DEFAULT_RATE_WINDOW_S
from drills.sandbox.machine import measure
from drills.settings import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drills.sandbox.machine import Machine

UNFIT = 1
BAD_INPUT = 2


def main(arguments: Sequence[str]) -> int:
    """Measure and say; returns 0 when drills can run here, 1 when something will not work, 2 for bad input."""
    argparse.ArgumentParser(
        prog="drills doctor",
        description="Measure this machine within ten seconds, and say what will be unreliable and which time scale "
        "suits it. Nothing is installed. Ends with 1 when something will not work.",
    ).parse_args(arguments)
    try:
        window_s = shortest_window_s()
    except RunbookError as error:
        sys.stderr.write(f"drills doctor: {error}\n")
        return BAD_INPUT
    output = settings().path(settings().output)
    try:
        sentences, code = verdict(measure(output), window_s)
    except OSError as error:
        sentences, code = [f"{Level.BROKEN}: No record can be written at or above {output}: {error.strerror}."], UNFIT
    sys.stdout.write("".join(f"{shown(sentence)}\n" for sentence in sentences))
    return code


def shortest_window_s() -> float:
    """Return the shortest window of the suite's alerts in seconds, or a usual one where no runbook is named."""
    if settings().runbook is None:
        return DEFAULT_RATE_WINDOW_S
    alerts = [incident.alert for incident in runbook.load(settings().runbook_path).incidents]
    return min((alert.window_s for alert in alerts if alert.window_s), default=DEFAULT_RATE_WINDOW_S)


def verdict(machine: Machine, window_s: float) -> tuple[list[str], int]:
    """Return all sentences on *machine*, the worst ones first, and the exit code."""
    found = sorted(advice(machine), key=lambda each: list(Level).index(each.level))
    lines = [f"{each.level + ':':<{max(map(len, Level)) + 1}} {each.text}" for each in found]
    broken = sum(each.level is Level.BROKEN for each in found)
    if broken:
        return [*lines, "Drills cannot run here as it is: mend what will not work, and run this again."], UNFIT
    scale = time_scale(machine, window_s)
    option = "" if scale == SCALES[0] else " (the default is too fast for this machine)"
    return [*lines, f"Drills can run here; the time scale that suits: --time-scale {scale}{option}."], 0
