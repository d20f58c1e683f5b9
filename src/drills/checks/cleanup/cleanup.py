"""Clean up after a run: what it left is removed at its end, and what a killed run left by the next run."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from drills.checks import Artifact, Target, in_words, left_over, new_notes
from drills.checks.cleanup import sweep
from drills.checks.cleanup.removal import REMOVERS, CleanupReport, Remover, counted

if TYPE_CHECKING:
    from pathlib import Path

    from drills.checks import Artifacts


FOLDER: Final = "artifacts"
"""The folder of the runs' notes, below the output folder."""
LATE_S: Final = 600.0
"""How long the outcome of a killed run's requests is looked for."""
GIVE_UP_S: Final = 86400.0
"""An artifact that could not be removed for this long is not tried any more."""
OLD_S: Final = 3600.0
"""No run takes this long, so an older artifact belongs to no run under way."""
FORGOTTEN_S: Final = 7 * 86400.0
"""Artifacts older than this are not looked for."""
Sweep = Callable[[Target], Iterator[Artifact]]
Resolver = Callable[[Target, Collection[Artifact]], list[Artifact]]


@dataclass(frozen=True)
class Cleanup:
    """How to clean up after checks; a suite adds the kinds of artifacts that only its checks leave.

    *removers* by kind, in the order in which they run. *sweeps* find artifacts without notes. *resolvers*, by kind,
    turn requests without a known answer into the artifacts that came of them.
    """

    removers: Mapping[str, Remover] = field(default_factory=lambda: REMOVERS)
    sweeps: tuple[Sweep, ...] = (sweep.tables, sweep.keys, sweep.objects)
    resolvers: Mapping[str, Resolver] = field(default_factory=dict)

    def clear_left_over(self, output: Path, target: Target) -> list[str]:
        """Remove what killed runs against `target` noted and did not remove; return a sentence for each outcome."""
        said = []
        for notes in left_over(output / FOLDER, _system(target)):
            said += [f"from a run that was killed: {text}" for text in self._clear(notes, target, LATE_S)]
        return said

    def clear(self, notes: Artifacts, target: Target) -> list[str]:
        """Remove what this run noted, and old tagged artifacts of killed runs; return a sentence for each outcome.

        After a run that left nothing, nothing is looked for: a run that only reads deletes nothing.
        """
        if not notes.all():
            return []
        said = self._clear(notes, target, 0.0)
        old = self.forgotten(target)
        return said + [f"long forgotten: {text}" for text in self.remove(target, old).sentences()]

    def forgotten(self, target: Target, now_s: float | None = None) -> list[Artifact]:
        """Return what killed runs left more than an hour and less than a week ago, as far as the stores answer."""
        now = time.time() if now_s is None else now_s
        found: list[Artifact] = []
        for find in self.sweeps:
            with suppress(Exception):  # looking for leftovers is no check: whatever a store answers, the verdict stands
                found += [artifact for artifact in find(target) if FORGOTTEN_S > now - artifact.at_s > OLD_S]
        return found

    def remove(self, target: Target, artifacts: Iterable[Artifact]) -> CleanupReport:
        """Remove *artifacts*, kind by kind; never raises, since the report says what could not be removed."""
        report = CleanupReport()
        noted = list({(artifact.kind, artifact.name): artifact for artifact in artifacts}.values())
        for kind in dict.fromkeys((*self.removers, *(artifact.kind for artifact in noted))):
            mine = [artifact for artifact in noted if artifact.kind == kind]
            if not mine:
                continue
            if kind not in self.removers:
                report.stay(mine, "this suite does not know how to remove it", again=False)
                continue
            before = len(report.left)
            try:
                self.removers[kind](target, mine, report)
            except Exception as error:  # noqa: BLE001  (a clean-up that fails must not take the verdict with it)
                del report.left[before:]
                report.stay(mine, target.redact(in_words(error, target)), again=True)
        return report

    def _clear(self, notes: Artifacts, target: Target, late_s: float) -> list[str]:
        """Remove what is noted; a request without an answer may still have an effect for *late_s* seconds."""
        now = time.time()
        noted = notes.all()
        report = self.remove(target, [artifact for artifact in noted if artifact.kind not in self.resolvers])
        requests = [artifact for artifact in noted if artifact.kind in self.resolvers]
        for kind, resolve in self.resolvers.items():
            report.add(
                self.remove(target, resolve(target, [artifact for artifact in requests if artifact.kind == kind]))
            )
        kept = [artifact for artifact in report.left if now - artifact.at_s < GIVE_UP_S]
        notes.keep(kept + [artifact for artifact in requests if now - artifact.at_s < late_s])
        return [*report.sentences(), *_given_up(report, len(kept))]


def notes_of(output: Path, target: Target) -> Artifacts:
    """Return empty notes for a run against `target`."""
    return new_notes(output / FOLDER, _system(target))


def _system(target: Target) -> str:
    """Return the system's name in notes, without secrets: the notes stay on disk after a killed run."""
    return target.redact(target.front_url)


def _given_up(report: CleanupReport, kept: int) -> list[str]:
    """Return a sentence on the artifacts that no later run will try to remove."""
    count = len(report.left) - kept
    return [f"{counted(count, 'artifact')} given up after a day"] if count else []
