"""`drills noise` holds drills several times beside busy foreign processes, and prints what became of their verdicts.

On a busy machine a drill gives the expected verdict, or an UNKNOWN that names the noise; never another one.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.commands.arguments import PYTEST, folder, refused
from drills.common.screen import shown
from drills.plugin.output import OutputError, usable
from drills.record.experiment_verdict import arm_folders, rejudge
from drills.record.verdicts import Verdict
from drills.settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from drills.record.arm_verdict import ArmVerdict
    from drills.record.experiment_verdict import Rejudged

RUNS = 3
BUSY = 2
WORK = "while True: pass"
END_S = 10.0
NAMING = ("blind", "not seen", "was seen", "too little traffic", "too few", "busy", "the machine", "held up", "gaps")
"""A reason with one of these says that the drill could not see enough: that is what noise does."""
WRONG = 1
BAD_INPUT = 2


@dataclass(frozen=True)
class Outcome:
    """What became of one arm in one run."""

    run: int
    cause: str
    arm: str
    verdict: Verdict
    expected: Verdict
    reason: str

    @property
    def word(self) -> str:
        """`expected`, `noise` for an UNKNOWN that names the noise, and `WRONG` for all else."""
        if self.verdict is self.expected:
            return "expected"
        named = self.verdict is Verdict.UNKNOWN and any(words in self.reason for words in NAMING)
        return "noise" if named else "WRONG"


def main(arguments: Sequence[str]) -> int:
    """Hold the drills and print the table; returns 0, or 1 when a verdict was another one or nothing was judged.

    Returns 2 after a sentence where the folder or a selection cannot be used, before anything starts.
    """
    options = _parser().parse_args(arguments)
    try:
        output = usable(options.output or settings().path(settings().output).with_name("noise"))
    except OutputError as error:
        sys.stderr.write(f"drills noise: {error}\n")
        return BAD_INPUT
    if any(refused([*shlex.split(selection), "--output", str(output)]) for selection in options.selection):
        return BAD_INPUT
    outcomes: list[Outcome] = []
    with busy(options.busy):
        for run in range(1, options.runs + 1):
            for number, selection in enumerate(options.selection, 1):
                outcomes += held(run, shlex.split(selection), output / f"run-{run}-{number}")
    sys.stdout.write("".join(f"{shown(line)}\n" for line in table(outcomes)))
    return WRONG if not outcomes or any(outcome.word == "WRONG" for outcome in outcomes) else 0


@contextmanager
def busy(number: int) -> Iterator[None]:
    """Keep *number* processes busy in the block, that have nothing to do with the drills."""
    with ExitStack() as ended:
        for _ in range(number):
            process = subprocess.Popen([sys.executable, "-c", WORK])
            ended.callback(process.wait, END_S)
            ended.callback(process.kill)
        yield


def held(run: int, selection: Sequence[str], output: Path) -> list[Outcome]:
    """Hold the drills of one *selection* (arguments of pytest) and return what their records say.

    Records that an earlier run left in *output* stay where this one judges nothing, and are no outcome of it.
    """
    command = [*PYTEST, settings().scenarios, "-q", "--output", str(output), *selection]
    earlier = _runs(rejudge(arm_folders(output)))
    subprocess.run(command, check=False, stdout=sys.stderr)
    rejudged = rejudge(arm_folders(output))
    new = [folder for folder, history in rejudged.histories.items() if history.head.run not in earlier]
    return [_outcome(run, rejudged.verdicts[folder]) for folder in new]


def _runs(rejudged: Rejudged) -> set[str | None]:
    """Return the ids of the runs that the records come from; None is that of an old record."""
    return {history.head.run for history in rejudged.histories.values()}


def table(outcomes: Iterable[Outcome]) -> list[str]:
    """Return a line for each arm with what each run gave, reasons of all that was not expected, and the counts."""
    known = list(outcomes)
    arms: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in known:
        arms.setdefault((outcome.cause, outcome.arm), []).append(outcome)
    lines = [f"{cause:<5} {arm:<11} {', '.join(_cell(outcome) for outcome in of)}" for (cause, arm), of in arms.items()]
    reasons = [
        f"{outcome.cause} {outcome.arm}, run {outcome.run}: {outcome.verdict}: {outcome.reason}"
        for outcome in known
        if outcome.word != "expected"
    ]
    words = [outcome.word for outcome in known]
    counts = ", ".join(f"{words.count(word)} {word}" for word in ("expected", "noise", "WRONG"))
    return [*lines, *reasons, f"Of {len(words)} verdicts: {counts}." if words else "No drill was judged."]


def _cell(outcome: Outcome) -> str:
    return outcome.word if outcome.word == "expected" else f"{outcome.word} ({outcome.verdict})"


def _outcome(run: int, verdict: ArmVerdict) -> Outcome:
    return Outcome(run, verdict.cause, verdict.arm, verdict.verdict, verdict.expected_verdict, verdict.reason)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="drills noise", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="how often all is held (default %(default)s)")
    parser.add_argument(
        "--busy", type=int, default=BUSY, help="foreign processes that compute all the time (default %(default)s)"
    )
    parser.add_argument("--output", type=folder, metavar="DIR", help="folder of the records (default: noise)")
    parser.add_argument(
        "selection",
        nargs="*",
        default=["-m headline"],
        help="drills to hold, each a text of arguments of pytest, such as '--cause=1.3,1.5' (default: '-m headline')",
    )
    return parser
