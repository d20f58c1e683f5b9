"""Try all mutants of a run, on several systems side by side, in rounds that begin and end with a green system."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from drills.common.waiting import WaitTimeout
from drills.mutants.trial import Fate, Trial, UnhealedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from drills.mutants.pool import Mutant
    from drills.mutants.trial import Bench

IN_A_ROUND = 20
"""So many trials are lost at most when the system turns out to be red without a mutant."""


class Rounds:
    """Gives *mutants* to whichever bench is free.

    *tell* is called with each trial once its round has ended green, *watch* with each at once, believed or not.
    """

    def __init__(
        self,
        mutants: Sequence[Mutant],
        tell: Callable[[Trial], None],
        watch: Callable[[Trial], None] = lambda _: None,
        in_a_round: int = IN_A_ROUND,
    ) -> None:
        self._mutants = iter(mutants)
        self._tell = tell
        self._watch = watch
        self._in_a_round = in_a_round
        self._lock = Lock()

    def hold(self, benches: Sequence[Bench]) -> None:
        """Return when every mutant was tried; what no bench could try any more is an error."""
        with ThreadPoolExecutor(len(benches), thread_name_prefix="mutants") as pool:
            running = [pool.submit(self._on, bench) for bench in benches]
            try:
                for done in running:
                    done.result()
            except (
                BaseException
            ):  # Ctrl-C: the trials under way end, with their mutants taken out again, and no other begins
                self._mutants = iter(())
                raise
        for mutant in self._taken():
            self._told([Trial(mutant, Fate.ERROR, why="no healthy system was left to try it on")])

    def _on(self, bench: Bench) -> None:
        """Hold rounds until no mutant is left, or the bench's system does not heal."""
        try:
            bench.heal_unless_green()
            while trials := self._round(bench):
                self._believe(bench, trials)
        except UnhealedError:
            return

    def _round(self, bench: Bench) -> list[Trial]:
        trials: list[Trial] = []
        for mutant in self._taken():
            try:
                trials.append(bench.attempt(mutant))
                self._watch(trials[-1])
            except UnhealedError as error:
                self._told([*map(_disbelieved(str(error)), trials), Trial(mutant, Fate.ERROR, why=str(error))])
                raise
            if len(trials) == self._in_a_round:
                break
        return trials

    def _believe(self, bench: Bench, trials: list[Trial]) -> None:
        """Tell the trials as they are when the system is green after them, and as errors otherwise."""
        try:
            bench.require_green()
        except WaitTimeout as red:
            # Told first: a system that does not heal ends the bench.
            self._told([*map(_disbelieved(f"the system was not green after its round: {red}"), trials)])
            bench.heal()
        else:
            self._told(trials)

    def _taken(self) -> Iterator[Mutant]:
        """Yield mutants that no other bench has taken."""
        while True:
            with self._lock:
                mutant = next(self._mutants, None)
            if mutant is None:
                return
            yield mutant

    def _told(self, trials: Sequence[Trial]) -> None:
        with self._lock:
            for trial in trials:
                self._tell(trial)


def _disbelieved(why: str) -> Callable[[Trial], Trial]:
    """Return what makes an error of a trial, for the reason *why*."""
    return lambda trial: replace(trial, fate=Fate.ERROR, by=(), why=why)
