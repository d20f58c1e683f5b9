"""Put together what several runs drilled: which rows there are, which stand in two runs, and which are missing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from drills.record.format import RecordError
from drills.reports.collect import Cause, Coverage, Run, cause_order, collect
from drills.reports.expected import is_expected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from drills.record.arm_verdict import ArmVerdict

DIGITS = 12
"""So many digits of a hash are shown."""


@dataclass(frozen=True)
class Shard:
    """What one output folder has: of a part of a run, or of a whole one."""

    folder: Path
    run: Run

    def arms(self, cause: str) -> tuple[ArmVerdict, ...]:
        """Return the verdicts on the arms of *cause* in this folder."""
        return tuple(v for v in self.run.verdicts if v.cause == cause)

    def told(self, cause: str) -> tuple[tuple[str, str, str | None], ...]:
        """Return what this folder says of *cause*: each arm with its verdict, and whether the recovery lasts."""
        return tuple((v.arm, v.verdict, v.durability.verdict if v.durability else None) for v in self.arms(cause))

    @property
    def place(self) -> tuple[tuple[str, ...], str, str]:
        """What shards are ordered by, so that the order in which they are named changes nothing."""
        coverage = self.run.coverage
        return (coverage.shards if coverage else (), self.run.first_at, str(self.folder))


@dataclass(frozen=True)
class Merged:
    """Several runs as one.

    *rows* names the shard that each drilled cause is taken from. A cause that two shards judged alike is *twice*, with
    the folders; one that they judged differently is among the *contradictions* and in no row. *problems* are the
    sentences about records that cannot be read, *notes* about what does not count.
    """

    shards: tuple[Shard, ...]
    coverage: Coverage | None
    rows: Mapping[str, Shard]
    twice: Mapping[str, tuple[Shard, ...]]
    contradictions: Mapping[str, tuple[Shard, ...]]
    problems: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def missing_shards(self) -> tuple[str, ...]:
        """The parts of the run that no folder has, such as 3/4."""
        named = self.coverage.shards if self.coverage else ()
        return tuple(part for part in _all_parts(named) if part not in named)

    @property
    def not_judged(self) -> tuple[str, ...]:
        """The causes that a run was to drill and that no folder has a verdict on."""
        chosen = (self.coverage.chosen if self.coverage else None) or ()
        return tuple(sorted({*chosen} - {*self.rows, *self.contradictions}, key=cause_order))

    @property
    def unexpected(self) -> tuple[ArmVerdict, ...]:
        """The arms with a verdict other than the expected one, or whose recovery lasts otherwise."""
        return tuple(v for cause, shard in self.rows.items() for v in shard.arms(cause) if not is_expected(v))

    @property
    def whole(self) -> bool:
        """Whether nothing is missing of what was to be drilled, nothing contradicts itself, and all is as expected."""
        return not (self.missing_shards or self.not_judged or self.contradictions or self.problems or self.unexpected)

    @property
    def missing(self) -> tuple[Cause, ...]:
        """The causes of the runbook that no shard drilled."""
        known = self.coverage.causes if self.coverage else ()
        return tuple(cause for cause in known if cause.id not in {*self.rows, *self.contradictions})


def merge(folders: Sequence[Path]) -> Merged:
    """Read the runs recorded in *folders*, every verdict judged again from its record.

    Raises RecordError, one sentence, for a folder that is missing or named twice, where nothing is judged in any, and
    for runs that do not belong together: of another time scale, runbook, commit, or number of shards.
    """
    _require_folders(folders)
    shards, problems = _readable(folders)
    _require_together(shards)
    holders: dict[str, list[Shard]] = {}
    for shard in shards:
        for cause in {v.cause: None for v in shard.run.verdicts}:
            holders.setdefault(cause, []).append(shard)
    several = {cause: tuple(those) for cause, those in _ordered(holders) if len(those) > 1}
    differing = {cause: those for cause, those in several.items() if len({each.told(cause) for each in those}) > 1}
    return Merged(
        shards=shards,
        coverage=_coverage([shard.run.coverage for shard in shards if shard.run.coverage]),
        rows={cause: those[0] for cause, those in _ordered(holders) if cause not in differing},
        twice={cause: those for cause, those in several.items() if cause not in differing},
        contradictions=differing,
        problems=(*problems, *(_of(shard, text) for shard in shards for text in shard.run.problems)),
        notes=tuple(_of(shard, text) for shard in shards for text in shard.run.notes),
    )


def _require_folders(folders: Sequence[Path]) -> None:
    for folder in folders:
        if not folder.is_dir():
            raise RecordError(f"{folder}: expected the output folder of a run, found none.")
    if len({folder.resolve() for folder in folders}) < len(folders):
        raise RecordError("expected output folders of different runs, found one of them named twice.")


def _readable(folders: Iterable[Path]) -> tuple[tuple[Shard, ...], list[str]]:
    """Return the shards in which something is judged, and a sentence for each other one."""
    shards: list[Shard] = []
    problems: list[str] = []
    for folder in folders:
        try:
            shards.append(Shard(folder, collect(folder)))
        except RecordError as error:
            problems.append(str(error))
    if not shards:
        raise RecordError(problems[0])
    return tuple(sorted(shards, key=lambda shard: shard.place)), problems


def _require_together(shards: Sequence[Shard]) -> None:
    for first, shard in combinations(shards, 2):
        for what, of_first, of_this in _facts(first, shard):
            if of_first != of_this:
                raise RecordError(
                    f"{shard.folder}: recorded {what} {of_this}, but {first.folder} {what} {of_first}: "
                    "these are no parts of one run, and nothing was merged."
                )


def _facts(first: Shard, other: Shard) -> Iterator[tuple[str, object, object]]:
    """Yield what two shards must have in common; what one of them does not say is not compared."""
    one, two = first.run, other.run
    yield "at time scale", f"{one.time_scale:g}", f"{two.time_scale:g}"
    yield "with runbook", one.runbook.sha256[:DIGITS], two.runbook.sha256[:DIGITS]
    if not one.coverage or not two.coverage:
        return
    if one.coverage.commit and two.coverage.commit:
        yield "at commit", one.coverage.commit, two.coverage.commit
    if one.coverage.shards and two.coverage.shards:
        yield "in so many shards:", _sizes(one.coverage.shards), _sizes(two.coverage.shards)


def _sizes(parts: Iterable[str]) -> str:
    return ", ".join(sorted({part.partition("/")[2] for part in parts}))


def _all_parts(named: Sequence[str]) -> list[str]:
    size = int(_sizes(named) or 0)  # all name the same one: others are refused
    return [f"{number}/{size}" for number in range(1, size + 1)]


def _coverage(coverages: Sequence[Coverage]) -> Coverage | None:
    if not coverages:
        return None
    chosen = [coverage.chosen for coverage in coverages if coverage.chosen is not None]
    return Coverage(
        coverages[0].causes,
        frozenset().union(*(coverage.drilled for coverage in coverages)),
        frozenset().union(*chosen) if chosen else None,
        tuple(sorted({part for coverage in coverages for part in coverage.shards}, key=cause_order)),
        next((coverage.commit for coverage in coverages if coverage.commit), None),
        next((coverage.document for coverage in coverages if coverage.document), None),
    )


def _ordered(holders: Mapping[str, list[Shard]]) -> list[tuple[str, list[Shard]]]:
    return sorted(holders.items(), key=lambda entry: cause_order(entry[0]))


def _of(shard: Shard, text: str) -> str:
    return f"{shard.folder}: {text}"
