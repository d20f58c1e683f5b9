"""Incident 4, queue depth: what the runbook says against it, tried on a running stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.drill.scenario import Scenario
from drills.record.symptom import Symptom, SymptomChange
from drills.record.verdicts import Verdict
from load.profiles import CALM
from scenarios.faults.backlog import SmallCrew
from scenarios.faults.complex import ComplexPdfs
from scenarios.faults.poison import PoisonPdf
from scenarios.faults.spike import Spike
from scenarios.faults.stalled import StalledJobs

if TYPE_CHECKING:
    from drills.plugin.experiment import Experiment

QUEUE = "/api/jobs/metrics"
DIED_PARSING = Symptom(
    "docker logs pdf-worker", r"parsing \d+ bytes \(\w+\)\s+\S+ INFO pdf-worker: starting: ", SymptomChange.APPEARS
)
"""A start that follows on the beginning of a file, and on no end of it."""


@pytest.mark.exclusive
@pytest.mark.drill("4.1")
def test_not_enough_workers(run_drill: Experiment) -> None:
    """Ten workers empty a queue that one worker only sees growing."""
    run_drill(
        Scenario(
            cause="4.1",
            fault=SmallCrew,
            traffic=CALM,
            symptom=Symptom(QUEUE, r'"waiting":(\d+)', SymptomChange.GROWS),
            restart_after_recovery="worker",
        )
    )


@pytest.mark.headline
@pytest.mark.drill("4.2")
def test_workers_crashing(run_drill: Experiment) -> None:
    """Workers that die of a poison PDF again and again drain the queue once each PDF has a memory limit of its own."""
    run_drill(
        Scenario(
            cause="4.2",
            fault=PoisonPdf,
            traffic=CALM,
            symptom=DIED_PARSING,
            restart_after_recovery="worker",
        )
    )


@pytest.mark.drill("4.3")
def test_stalled_jobs(run_drill: Experiment) -> None:
    """Jobs that nobody works on go back into the queue, and none is lost; clearing them loses each of them."""
    run_drill(
        Scenario(
            cause="4.3",
            fault=StalledJobs,
            traffic=CALM,
            symptom=Symptom("LLEN bull:pdf-processing:active", r"(\d+)\s*$", SymptomChange.GROWS),
            restart_after_recovery="worker",
            original=Verdict.CONFIRMED_WITH_LOSS,
            finding="clearing stalled jobs frees the queue and loses all of them",
        )
    )


@pytest.mark.drill("4.4")
def test_sudden_traffic_spike(run_drill: Experiment) -> None:
    """A tighter limit keeps those out who upload again and again, and ten workers do what is left."""
    run_drill(
        Scenario(
            cause="4.4",
            fault=Spike,
            traffic=CALM,
            symptom=Symptom("SELECT owner, count", r"\|\s+(?:[2-9]|\d\d+)$", SymptomChange.APPEARS),
            restart_after_recovery="worker",
        )
    )


@pytest.mark.exclusive
@pytest.mark.drill("4.5")
def test_complex_pdfs(run_drill: Experiment) -> None:
    """Ten workers with time enough read the schedules of whole faculties, and all others beside them."""
    run_drill(
        Scenario(
            cause="4.5",
            fault=ComplexPdfs,
            traffic=CALM,
            symptom=Symptom(QUEUE, r'"delayed":(\d+)', SymptomChange.GROWS),
            restart_after_recovery="worker",
        )
    )
