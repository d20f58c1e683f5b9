"""Incident 4, queue depth: the runbook's five solutions, each tried on a running stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills import Scenario, Symptom, SymptomChange, Verdict
from load.profiles import CALM
from scenarios.faults.complex_pdfs import ComplexPdfs
from scenarios.faults.not_enough_workers import NotEnoughWorkers
from scenarios.faults.stalled_jobs import StalledJobs
from scenarios.faults.sudden_traffic_spike import SuddenTrafficSpike
from scenarios.faults.workers_crashing import WorkersCrashing

if TYPE_CHECKING:
    from drills import RunDrill

QUEUE = "/api/jobs/metrics"
WAITING_JOBS_GROW = Symptom(QUEUE, r'"waiting":(\d+)', SymptomChange.GROWS)
DELAYED_JOBS_GROW = Symptom(QUEUE, r'"delayed":(\d+)', SymptomChange.GROWS)
ADDRESS_UPLOADS_AGAIN = Symptom("SELECT owner, count", r"\|\s+(?:[3-9]|\d\d+)$", SymptomChange.APPEARS)
"""The runbook: more than one or two from the same address."""
WORKER_RESTARTS_AMID_A_FILE = Symptom(
    "docker logs pdf-worker", r"parsing \d+ bytes \(\w+\)\s+\S+ INFO pdf-worker: starting: ", SymptomChange.APPEARS
)
"""A start that follows the beginning of a file, and not its end."""
WORKER_ENDS_AMID_A_LARGE_FILE = Symptom(
    "docker logs pdf-worker", r"parsing \d{6,} bytes \(\w+\)\s+\S+ INFO pdf-worker: starting: ", SymptomChange.APPEARS
)
WORKER_TAKES_NOTHING = Symptom(
    "docker logs pdf-worker", r"parsing \d+ bytes[\s\S]*Uvicorn running on [^\n]*\s*\Z", SymptomChange.APPEARS
)
"""A worker that had files before it was started again, and since then has none, although the queue is full."""


@pytest.mark.exclusive
@pytest.mark.drill("4.1")
def test_not_enough_workers(run_drill: RunDrill) -> None:
    """Ten workers empty a queue that grows under one worker."""
    run_drill(
        Scenario(
            cause="4.1",
            fault=NotEnoughWorkers,
            traffic=CALM,
            symptom=WAITING_JOBS_GROW,
            rules_out=(WORKER_RESTARTS_AMID_A_FILE, ADDRESS_UPLOADS_AGAIN, DELAYED_JOBS_GROW),
            restart_after_recovery="worker",
            lasting="cure",
        )
    )


@pytest.mark.headline
@pytest.mark.drill("4.2")
def test_workers_crashing(run_drill: RunDrill) -> None:
    """Workers that poison PDFs kill again and again drain the queue once each PDF has a memory limit of its own."""
    run_drill(
        Scenario(
            cause="4.2",
            fault=WorkersCrashing,
            traffic=CALM,
            symptom=WORKER_ENDS_AMID_A_LARGE_FILE,
            restart_after_recovery="worker",
            lasting="cure",
        )
    )


@pytest.mark.drill("4.3")
def test_stalled_jobs(run_drill: RunDrill) -> None:
    """Jobs that no worker works on go back into the queue, and none is lost; clearing them loses each of them."""
    run_drill(
        Scenario(
            cause="4.3",
            fault=StalledJobs,
            traffic=CALM,
            symptom=WORKER_TAKES_NOTHING,
            rules_out=(WORKER_ENDS_AMID_A_LARGE_FILE,),
            restart_after_recovery="worker",
            lasting="cure",
            original=Verdict.CONFIRMED_WITH_LOSS,
            finding="clearing stalled jobs frees the queue and loses all of them",
        )
    )


@pytest.mark.drill("4.4")
def test_sudden_traffic_spike(run_drill: RunDrill) -> None:
    """A tighter limit refuses students who upload again and again, and ten workers do what is left."""
    run_drill(
        Scenario(
            cause="4.4",
            fault=SuddenTrafficSpike,
            traffic=CALM,
            symptom=ADDRESS_UPLOADS_AGAIN,
            restart_after_recovery="worker",
            lasting="cure",
        )
    )


@pytest.mark.exclusive
@pytest.mark.drill("4.5")
def test_complex_pdfs(run_drill: RunDrill) -> None:
    """Ten workers with time enough read the schedules of whole faculties, and all others beside them."""
    run_drill(
        Scenario(
            cause="4.5",
            fault=ComplexPdfs,
            traffic=CALM,
            symptom=DELAYED_JOBS_GROW,
            restart_after_recovery="worker",
            lasting="cure",
        )
    )
