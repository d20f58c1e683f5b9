"""Shares are computed from the engine's own counters; without a counter or a limit there is no share."""

from __future__ import annotations

from typing import Any

import pytest

from stack.services.exporter.shares import Reading, cores_of, cpu_share

SECOND_NS = 1_000_000_000
MIB = 1024 * 1024


def stats(*, used_mib: int = 300, details: dict[str, int] | None = None, limit_mib: int = 512) -> dict[str, Any]:
    """Return what matters of the engine's answer about one container."""
    return {
        "read": "2026-11-23T10:00:00.123456789Z",
        "cpu_stats": {"cpu_usage": {"total_usage": 5 * SECOND_NS}},
        "memory_stats": {"usage": used_mib * MIB, "stats": details or {}, "limit": limit_mib * MIB},
    }


def at(seconds: float, cpu_s: float) -> Reading:
    return Reading(at_s=seconds, cpu_ns=int(cpu_s * SECOND_NS), memory_bytes=1, memory_limit=2)


@pytest.mark.parametrize(
    ("cores", "share"), [(1.0, 0.5), (0.5, 1.0), (2.0, 0.25)], ids=["one core", "half a core", "two cores"]
)
def test_cpu_is_a_share_of_the_limit(cores: float, share: float) -> None:
    assert cpu_share(at(10, 3), at(12, 4), cores) == pytest.approx(share)


@pytest.mark.parametrize(
    ("earlier", "later", "cores"),
    [(at(10, 3), at(10, 3), 1.0), (at(10, 3), at(12, 0.1), 1.0), (at(10, 3), at(12, 4), 0.0)],
    ids=["the same moment", "restarted in between", "limit unknown"],
)
def test_no_cpu_share_rather_than_a_wrong_one(earlier: Reading, later: Reading, cores: float) -> None:
    assert cpu_share(earlier, later, cores) is None


@pytest.mark.parametrize(
    ("details", "used_mib"),
    [({"total_inactive_file": 100 * MIB, "inactive_file": MIB}, 200), ({"inactive_file": 100 * MIB}, 200), ({}, 300)],
    ids=["cgroup v1", "cgroup v2", "unknown"],
)
def test_memory_is_without_the_cache_that_goes_first(details: dict[str, int], used_mib: int) -> None:
    reading = Reading.of(stats(details=details))
    assert reading is not None
    assert reading.memory_bytes == used_mib * MIB
    assert reading.memory_share == used_mib / 512


def test_cache_larger_than_the_usage_is_no_negative_memory() -> None:
    reading = Reading.of(stats(used_mib=50, details={"inactive_file": 100 * MIB}))
    assert reading is not None
    assert reading.memory_share == 0


@pytest.mark.parametrize("memory", [{}, {"usage": 1}, {"usage": 1, "limit": 0}, None])
def test_a_stopped_container_has_no_reading(memory: dict[str, int] | None) -> None:
    assert Reading.of({**stats(), "memory_stats": memory}) is None


@pytest.mark.parametrize(
    ("host", "cores"),
    [
        ({"NanoCpus": 1_500_000_000, "CpuQuota": 0}, 1.5),
        ({"NanoCpus": 0, "CpuQuota": 50_000, "CpuPeriod": 100_000}, 0.5),
        ({"NanoCpus": 0, "CpuQuota": 200_000, "CpuPeriod": 0}, 2.0),
        ({"NanoCpus": 0, "CpuQuota": -1}, 8.0),
        ({}, 8.0),
    ],
    ids=["cpus", "quota", "quota without period", "quota lifted", "no limit"],
)
def test_cores_are_those_of_the_limit_or_of_the_machine(host: dict[str, int], cores: float) -> None:
    assert cores_of(host, machine=8.0) == cores
