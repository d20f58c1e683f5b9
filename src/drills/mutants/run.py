"""One run: which mutants are tried, what became of each, and what the run as a whole came to."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from drills.common.progress import say
from drills.mutants.equivalents import reason_of
from drills.mutants.pool import files_of, mutants_of
from drills.mutants.report import FILE, PAGE, MutantReport
from drills.mutants.rounds import Rounds
from drills.mutants.trial import Fate, Trial

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from drills.mutants.equivalents import Equivalent
    from drills.mutants.plan import Source
    from drills.mutants.pool import Mutant
    from drills.mutants.trial import Bench

REACHED, BELOW_GOAL, NOT_JUDGED = 0, 1, 2
"""What a run ends with: its score is at the goal; below it; of some mutant, or of all, nothing is known."""


class MutantRun:
    """Tries *mutants*, apart from the equivalent ones, and writes below *output* what is known whenever a round ends.

    *root* and *clauses* are those of the report.
    """

    def __init__(  # noqa: PLR0913 - a run is these facts
        self,
        seed: int,
        mutants: Sequence[Mutant],
        equivalents: Sequence[Equivalent],
        output: Path,
        *,
        root: str = "",
        clauses: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._seed = seed
        self._mutants = mutants
        self._output = output
        self._root = root
        self._clauses = clauses
        self._began = time.monotonic()
        self._trials: dict[str, Trial] = {}
        for mutant in mutants:
            reason = reason_of(mutant, equivalents)
            if reason is not None:
                self._trials[mutant.id] = Trial(mutant, Fate.EQUIVALENT, why=reason)

    def hold(self, benches: Sequence[Bench]) -> None:
        """Try every mutant that is not known to be equivalent."""
        waiting = [mutant for mutant in self._mutants if mutant.id not in self._trials]
        Rounds(waiting, self._tell, _watch).hold(benches)

    def ended(self, goal: float) -> int:
        """Write and say what came of the run, and return its exit code; *goal* is a share between 0 and 1."""
        report = self._report()
        report.write(self._output)
        minutes = (time.monotonic() - self._began) / 60
        say(f"{len(report.trials)} mutants in {minutes:.1f} min: {self._output / PAGE}, {self._output / FILE}")
        for group in report.groups:
            say(f"{group}: {report.score(group).in_words}")
        share, unjudged = report.score().share, report.of(Fate.ERROR)
        if share is None or unjudged:
            say(f"{len(unjudged)} mutants were not judged" if unjudged else "no mutant was judged")
            return NOT_JUDGED
        return REACHED if share >= goal else BELOW_GOAL

    def _tell(self, trial: Trial) -> None:
        self._trials[trial.mutant.id] = trial
        if trial.fate is Fate.ERROR:
            _watch(trial)
        self._report().write(self._output)

    def _report(self) -> MutantReport:
        trials = [self._trials[mutant.id] for mutant in self._mutants if mutant.id in self._trials]
        return MutantReport(self._seed, trials, self._root, self._clauses)


def _watch(trial: Trial) -> None:
    by = ", ".join(trial.by) or trial.why
    say(f"{trial.fate:<10} {trial.seconds:5.1f} s  {trial.mutant}{f'  [{by}]' if by else ''}")


def pool_of(sources: Iterable[Source], folder: Path, made: Mapping[str, str]) -> tuple[dict[str, str], list[Mutant]]:
    """Return the texts of all files that may be changed, by their path in *folder*, and all their mutants.

    *made* are texts that the stack's folder has not, or not so: they are rendered for the sandbox.
    """
    texts: dict[str, str] = {}
    mutants: list[Mutant] = []
    for source in sources:
        files = files_of(source, folder, made)
        texts |= files
        mutants += mutants_of(source, files)
    return texts, mutants
