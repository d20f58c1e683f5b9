"""`--editions`: hold each solution without one of its lines, or solutions that are known to be wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from drills.drill.arm.prepared import prepared
from drills.drill.edition import Edition, ablations, spare_lines, wrong_solutions
from drills.drill.experiment import held
from drills.drill.lifecycle import run_arm
from drills.plugin.state import RUN_ID, RUNBOOK, SETTINGS
from drills.record.durability import RELIEF, durability
from drills.record.edition_outcome import FOLDER, EditionOutcome, outcomes, write_outcome
from drills.record.format import RecordError
from drills.record.reader import read
from drills.record.verdicts import RECOVERED, Arm, Verdict
from drills.runbook import RunbookError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from drills.drill.edition import Spare
    from drills.drill.experiment import Experiment
    from drills.drill.scenario import Scenario
    from drills.drill.system import System
    from drills.record.judge import Judgement
    from drills.record.verdicts import Lasting

ABLATION = "ablation"
"""The value of --editions that leaves out each line in turn; any other one is a file of wrong solutions."""
EDITIONS = pytest.StashKey[tuple[Edition, ...]]()
SPARES = pytest.StashKey["tuple[Spare, ...]"]()


def chosen_editions(config: pytest.Config) -> tuple[Edition, ...]:
    """Return the editions that this run asks for; raises UsageError, one sentence, where they cannot be used."""
    if not config.option.editions:
        return ()
    if EDITIONS not in config.stash:
        try:
            config.stash[EDITIONS] = _read(config)
        except (ValueError, RunbookError) as error:
            raise pytest.UsageError(str(error)) from None
    return config.stash[EDITIONS]


def _read(config: pytest.Config) -> tuple[Edition, ...]:
    runbook, given = config.stash[RUNBOOK], config.option.editions
    if given != ABLATION:
        return wrong_solutions(Path(given), runbook)
    settings = config.stash[SETTINGS]
    path = settings.path(settings.spare_lines)
    config.stash[SPARES] = spare_lines(path) if path.exists() else ()
    return tuple(edition for cause in runbook.causes for edition in ablations(cause))


@dataclass(frozen=True)
class RunEditions:
    """Stands in for `RunDrill`: holds the editions of the scenario's cause, each against what is expected of it."""

    experiment: Experiment
    editions: tuple[Edition, ...]
    spares: tuple[Spare, ...]
    ablation: bool

    def __call__(self, scenario: Scenario) -> dict[Arm, Judgement]:
        """Hold every edition of the cause; fails where a wrong one is confirmed, or a line is spare for no reason."""
        __tracebackhide__ = True
        why = self.experiment.lacks(scenario)
        if why:
            pytest.skip(f"{scenario.cause} left out: {why}")
        found = [self._outcome(scenario, edition) for edition in self.editions if edition.cause == scenario.cause]
        if not found:
            pytest.fail(f"{scenario.cause}: no edition of this row was asked for, so none was held", pytrace=False)
        unexpected = [f"{each.cause} {each.edition}: {each.unexpected}" for each in found if each.unexpected]
        if unexpected:
            pytest.fail("; ".join(unexpected), pytrace=False)
        return {}

    def _outcome(self, scenario: Scenario, edition: Edition) -> EditionOutcome:
        folder = self.experiment.records.output / FOLDER / f"{edition.cause}-{edition.name.replace(' ', '-')}"
        records = replace(self.experiment.records, may_replace=lambda folder, judged: judged or not folder.exists())
        judgement = held(self.experiment.sandboxes, records, folder, self._hold(scenario, edition))
        lasted = durability(read(folder))
        lasting = lasted.verdict if lasted else None
        outcome = EditionOutcome(
            run=self.experiment.options.run_id,
            cause=edition.cause,
            edition=edition.name,
            why=edition.why,
            verdict=judgement.verdict,
            reason=judgement.reason,
            lasting=lasting,
            unexpected=self.unexpected(edition, judgement, lasting),
        )
        write_outcome(folder, outcome)
        return outcome

    def _hold(self, scenario: Scenario, edition: Edition) -> Callable[[System, Path], Judgement]:
        def hold(system: System, folder: Path) -> Judgement:
            edited = replace(system, runbook=edition.of(system.runbook))
            arm = Arm.DOCUMENTED
            return run_arm(prepared(scenario, arm, edited, folder, self.experiment.listener, self.experiment.options))

        return hold

    def unexpected(self, edition: Edition, judgement: Judgement, lasting: Lasting | None) -> str | None:
        """Return why the judgement is not what this edition should get, or None when it is."""
        if judgement.verdict not in (*RECOVERED, Verdict.REFUTED):
            return f"{judgement.verdict}, which says nothing of this edition: {judgement.reason}"
        if self.ablation:
            return self._spare(edition, judgement, lasting)
        if judgement.verdict is Verdict.CONFIRMED:
            return f"a wrong solution ({edition.why}) was CONFIRMED: {judgement.reason}"
        return None

    def _spare(self, edition: Edition, judgement: Judgement, lasting: Lasting | None) -> str | None:
        """Compare whether the recovery needs the line with what is known of it."""
        spare = judgement.verdict is Verdict.CONFIRMED and lasting != RELIEF
        known = [each for each in self.spares if each.cause == edition.cause and each.text in edition.why]
        if spare and not known:
            return f"the recovery did not need `{edition.why}`: take the line out, or list it as spare with a reason"
        if known and not spare:
            return f"`{edition.why}` is listed as spare, and without it: {judgement.verdict}, {judgement.reason}"
        return None


def run_editions(config: pytest.Config, experiment: Experiment) -> RunEditions:
    """Return what stands in for `RunDrill` in a run of editions."""
    return RunEditions(
        experiment, chosen_editions(config), config.stash.get(SPARES, ()), config.option.editions == ABLATION
    )


def summary(config: pytest.Config) -> Iterable[str]:
    """Return a line for each edition that this run held."""
    try:
        for each in outcomes(config.option.output, config.stash[RUN_ID]):
            mark = "unexpected" if each.unexpected else "as expected"
            yield f"{each.cause} {each.edition}: {each.verdict}, {mark}: {each.unexpected or each.reason}"
    except RecordError as error:
        yield str(error)
