"""The symptoms that show the causes of incident 3, on what the tools print; and the files of its faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills import runbook
from drills.drill.scenario import symptom_command
from drills.record.symptom import compare
from scenarios.helpers import large_pdfs
from scenarios.test_incident_3 import DISK_USAGE_GROWS, LARGE_FILES_APPEAR, REDIS_MEMORY_GROWS, WORKER_MEMORY_GROWS
from tests.helpers.paths import RUNBOOK

if TYPE_CHECKING:
    from drills.record.symptom import Symptom

WORKER = "{id}   pdf-worker   {cpu}%   {used}MiB / 384MiB   {share}%   23.7kB / 197kB   0B / 0B   5"
REDIS = "8338c440f897   redis                   0.47%     {used}MiB / 256MiB   1.67%     118kB / 66.8kB   0B / 0B   6"
DISK = (
    "tmpfs           4.0G  {used}  3.2G  {share}% /var/lib/docker\noverlay         4.0G  {used}  3.2G  {share}% /var/x"
)
JOB = "2026-11-23T10:33:27Z INFO pdf-worker: job 1: attempt 1 of 3, parsing {size} bytes (lecture)"
READINGS = {
    "worker": (
        WORKER_MEMORY_GROWS,
        WORKER.format(id="4a17", cpu="0.54", used="52.39", share="13.64"),
        WORKER.format(id="4a17", cpu="0.20", used="330.1", share="85.96"),
    ),
    "redis": (REDIS_MEMORY_GROWS, REDIS.format(used="4.273"), REDIS.format(used="66.1")),
    "disk": (DISK_USAGE_GROWS, DISK.format(used="824M", share=21), DISK.format(used="3.5G", share=87)),
    "sizes": (LARGE_FILES_APPEAR, "\n".join([JOB.format(size=3588)] * 10), "\n".join([JOB.format(size=6_470_000)] * 2)),
}


@pytest.mark.parametrize(("symptom", "before", "during"), READINGS.values(), ids=READINGS)
def test_symptom_tells_its_cause_and_nothing_else(symptom: Symptom, before: str, during: str) -> None:
    assert compare(symptom, before, during).proved
    assert not compare(symptom, before, before).proved
    assert symptom_command(runbook.load(RUNBOOK).incident(3), symptom)


def test_scans_are_accepted_as_shipped_and_refused_by_the_solution() -> None:
    assert 5 * large_pdfs.MIB < len(large_pdfs.scanned(6, 10)) < 10 * large_pdfs.MIB


def test_a_booklet_is_small_although_it_is_long() -> None:
    assert large_pdfs.booklet(3).count(b"/Type /Page\n") == 4
    assert len(large_pdfs.booklet(3)) < large_pdfs.MIB
