"""`drills mutants` makes small changes that nobody chose in the system's files, and says which of them a check sees."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from secrets import randbelow
from typing import TYPE_CHECKING

from drills import runbook
from drills.common.progress import say
from drills.drill.sandbox_pool import Options, SandboxPool
from drills.mutants.equivalents import EquivalentsError, read
from drills.mutants.pool import drawn
from drills.mutants.run import NOT_JUDGED, MutantRun, pool_of
from drills.mutants.stack_host import StackHost
from drills.mutants.trial import LOOKED, Bench, is_echo
from drills.runbook.rules import render
from drills.sandbox import descriptor
from drills.sandbox.errors import SandboxError
from drills.settings import settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from drills.drill.suite import Suite
    from drills.mutants.plan import MutantPlan
    from drills.runbook import Runbook

TIME_SCALE = 60.0
NUMBER = 300
SANDBOXES = 2
GOAL = 0.9
JOB_S = 12.0
"""How long a job may take before a check calls it lost: ten times as long as one takes on a busy machine."""
TIMES = 2
"""How often the checks look at the healthy system, to see which of them always do."""
SEEDS = 2**32
LIBRARIES = ("mutmut", "poodle")


def main(arguments: Sequence[str]) -> int:
    """Try mutants; returns 0, 1 for a score below the goal, and 2 where anything was not judged or cannot be used."""
    options = _parser().parse_args(arguments)
    if not all(map(find_spec, LIBRARIES)):
        say(f"the operators of {' and '.join(LIBRARIES)} are missing: pip install 'runbook-drills[mutants]'")
        return NOT_JUDGED
    suite = settings().load_suite()
    if suite.mutants is None:
        say("this suite names no files in which changes are tried: see `mutants` of drills.Suite")
        return NOT_JUDGED
    try:
        return _run(options, suite, suite.mutants)
    except (SandboxError, EquivalentsError) as error:
        say(str(error))
        return NOT_JUDGED


def _run(options: argparse.Namespace, suite: Suite, plan: MutantPlan) -> int:
    about, loaded = descriptor.read(settings().stack_path), runbook.load(settings().runbook_path)
    made = {about.rules: render(loaded, about.expressions, TIME_SCALE)} if about.rules else {}
    texts, pool = pool_of(plan.sources, about.folder, made)
    seed = randbelow(SEEDS) if options.seed is None else options.seed
    named = [mutant for mutant in pool if mutant.id in options.only]
    mutants = named if options.only else drawn(pool, texts, seed, options.number)
    say(f"seed: {seed} (--seed {seed} draws the same mutants again); {len(mutants)} of {len(pool)} mutants")
    if options.list:
        sys.stdout.writelines(f"{mutant}\n" for mutant in mutants)
        return 0
    run = MutantRun(
        seed,
        mutants,
        read(plan.equivalents),
        options.output or settings().path(settings().output),
        root=_seen_from(settings().root, about.folder),
        clauses={check.name: check.clauses for check in suite.checks().all},
    )
    with ExitStack() as opened:
        run.hold([_bench(opened, plan, suite, loaded, texts) for _ in range(options.sandboxes)])
    return run.ended(options.goal)


def _bench(opened: ExitStack, plan: MutantPlan, suite: Suite, loaded: Runbook, texts: Mapping[str, str]) -> Bench:
    """Boot a sandbox, and return a bench on which every check that is asked has looked and none has failed."""
    pool = SandboxPool(Options(loaded, settings().stack_path, TIME_SCALE, keep=False, suite=suite), say)
    opened.callback(pool.close)
    system = pool.system()
    context = replace(system.context, target=system.target.changed(deadline_s=JOB_S))
    asked = [check for check in suite.checks().all if check.suite in plan.suites]
    bench = Bench(
        StackHost(system.stack, context, texts),
        [check for check in asked if not is_echo(check)],
        [check for check in asked if is_echo(check)],
        frozenset(),
    )
    bench.heal_unless_green()
    # Some checks have nothing to look at now and then, such as one of sessions that others open.
    looked = frozenset.intersection(*(_looked(bench) for _ in range(TIMES)))
    say(f"{len(looked)} of {len(asked)} checks look at each mutant")
    return replace(bench, expected=looked)


def _looked(bench: Bench) -> frozenset[str]:
    return frozenset(result.name for result in bench.results() if result.outcome in LOOKED)


def _seen_from(root: Path, folder: Path) -> str:
    root, folder = root.resolve(), folder.resolve()
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else folder.as_posix()


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="drills mutants", description=__doc__)
    parser.add_argument("--seed", type=int, metavar="N", help="draw the mutants of the run that printed this seed")
    parser.add_argument(
        "--number", type=_positive, default=NUMBER, metavar="N", help="mutants to draw (default %(default)s)"
    )
    parser.add_argument("--only", action="append", default=[], metavar="ID", help="try this mutant; may be given again")
    parser.add_argument("--list", action="store_true", help="print the mutants that would be tried; nothing starts")
    parser.add_argument(
        "--goal", type=float, default=GOAL, metavar="SHARE", help="the score below which a run is red (default 0.9)"
    )
    parser.add_argument(
        "--sandboxes",
        type=_positive,
        default=SANDBOXES,
        metavar="N",
        help="sandboxes side by side (default %(default)s)",
    )
    parser.add_argument("--output", type=Path, metavar="DIR", help="folder of the page and the list")
    return parser
