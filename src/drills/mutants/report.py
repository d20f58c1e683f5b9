"""What became of the mutants: a list for programs, and a page for people."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from drills.common.files import write_text
from drills.mutants.trial import JUDGED, Fate, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

FILE = "mutants.json"
PAGE = "mutants.md"
LONGEST = 160
"""Characters of a changed line that the page shows."""


@dataclass(frozen=True)
class Score:
    """How many mutants were killed, survived, and are equivalent."""

    killed: int = 0
    survived: int = 0
    equivalent: int = 0

    @property
    def share(self) -> float | None:
        """The share of killed ones among those that are not equivalent; None where there are none."""
        tried = self.killed + self.survived
        return self.killed / tried if tried else None

    @property
    def in_words(self) -> str:
        """The score as a sentence."""
        share = "no score" if self.share is None else f"score {100 * self.share:.1f} %"
        return f"{self.killed} killed, {self.survived} survived, {self.equivalent} equivalent, {share}"

    def __str__(self) -> str:
        share = "-" if self.share is None else f"{100 * self.share:.0f} %"
        return f"{self.killed} | {self.survived} | {self.equivalent} | {share}"


@dataclass(frozen=True)
class MutantReport:
    """The trials of one run, in the order of the draw.

    *root* is the stack's folder, as seen from the suite's; *clauses* are, by check, those of the contract.
    """

    seed: int
    trials: Sequence[Trial]
    root: str = ""
    clauses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def write(self, output: Path) -> None:
        """Write both files below *output*."""
        write_text(output / FILE, json.dumps(self.as_json(), indent=1, ensure_ascii=False) + "\n")
        write_text(output / PAGE, "\n".join(self.page()) + "\n")

    def as_json(self) -> dict[str, object]:
        """Return the judged mutants as the file has them; a trial that was no judgement is not among them."""
        return {
            "seed": self.seed,
            "mutants": [
                {
                    "id": trial.mutant.id,
                    "file": self._file(trial),
                    "line": trial.mutant.change.line,
                    "operator": trial.mutant.change.operator,
                    "outcome": trial.fate.value,
                    "by": list(trial.by),
                }
                for trial in self.trials
                if trial.fate in JUDGED
            ],
        }

    def of(self, fate: Fate) -> list[Trial]:
        """Return the trials with that end."""
        return [trial for trial in self.trials if trial.fate is fate]

    def score(self, group: str | None = None) -> Score:
        """Return the score, of one group or of all."""
        return _score(trial for trial in self.trials if group in (None, trial.mutant.source.group))

    @property
    def groups(self) -> list[str]:
        """The groups of sources, in the order in which they were drawn first."""
        return list(dict.fromkeys(trial.mutant.source.group for trial in self.trials))

    def page(self) -> Iterator[str]:
        """Yield the lines of the page, in Markdown."""
        yield "# Mutants"
        yield ""
        yield (
            f"Seed {self.seed}. {len(self.trials)} mutants were drawn: {_counts(self.trials)}. A mutant is killed when "
            "a check fails twice; the score is the share of killed ones among those that are not equivalent."
        )
        yield from self._table("group", lambda trial: [trial.mutant.source.group])
        yield from self._table("file", lambda trial: [self._file(trial)])
        yield from self._table("operator", lambda trial: [trial.mutant.change.operator])
        yield from self._killers()
        yield from self._list("Survived: the list of work", Fate.SURVIVED, lambda _: "")
        yield from self._list("Not judged", Fate.ERROR, lambda trial: f": {trial.why}")
        yield from self._list("Refused: the system would not take it", Fate.REFUSED, lambda trial: f": {trial.why}")
        yield from self._list("Equivalent", Fate.EQUIVALENT, lambda trial: f": {trial.why}")

    def _table(self, title: str, keys: Callable[[Trial], Iterable[str]]) -> Iterator[str]:
        rows: dict[str, list[Trial]] = defaultdict(list)
        for trial in self.trials:
            for key in keys(trial):
                rows[key].append(trial)
        yield ""
        yield f"## By {title}"
        yield ""
        yield f"| {title} | killed | survived | equivalent | score |"
        yield "| --- | --- | --- | --- | --- |"
        yield from (f"| {key} | {_score(rows[key])} |" for key in sorted(rows))

    def _killers(self) -> Iterator[str]:
        """Yield how many mutants each check killed, and with it the clauses that it holds."""
        yield from self._counted("check", lambda check: (check,))
        yield ""
        yield "A trial ends with the first check that fails: one that is not named here may see mutants, too."
        yield from self._counted("clause", lambda check: self.clauses.get(check, ()))

    def _counted(self, title: str, keys: Callable[[str], Iterable[str]]) -> Iterator[str]:
        killed = Counter(
            key
            for trial in self.of(Fate.KILLED)
            for key in dict.fromkeys(key for check in trial.by for key in keys(check))
        )
        yield from ("", f"## By {title}", "", f"| {title} | mutants killed |", "| --- | --- |")
        yield from (f"| {key} | {killed[key]} |" for key in sorted(killed, key=lambda key: (-killed[key], key)))

    def _list(self, title: str, fate: Fate, more: Callable[[Trial], str]) -> Iterator[str]:
        trials = self.of(fate)
        if not trials:
            return
        yield ""
        yield f"## {title} ({len(trials)})"
        yield ""
        for trial in sorted(trials, key=lambda trial: (trial.mutant.file, trial.mutant.change.line)):
            change = trial.mutant.change
            yield (
                f"- `{trial.mutant.id}` {self._file(trial)}:{change.line}, {change.operator}: "
                f"{_code(change.was)} → {_code(change.now)}{_brief(more(trial))}"
            )

    def _file(self, trial: Trial) -> str:
        return f"{self.root}/{trial.mutant.file}" if self.root else trial.mutant.file


def _score(trials: Iterable[Trial]) -> Score:
    fates = [trial.fate for trial in trials]
    return Score(fates.count(Fate.KILLED), fates.count(Fate.SURVIVED), fates.count(Fate.EQUIVALENT))


def _counts(trials: Sequence[Trial]) -> str:
    fates = [trial.fate for trial in trials]
    return ", ".join(f"{fates.count(fate)} {fate}" for fate in Fate if fate in fates) or "none"


def _code(line: str) -> str:
    if not line:
        return "nothing"
    fence = "``" if "`" in line else "`"
    return f"{fence}{_brief(line)}{fence}"


def _brief(text: str) -> str:
    text = " ".join(text.split()) if not text.startswith(": ") else ": " + " ".join(text[2:].split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
