"""Measure the machine that drills would run on: processors, disk, timers, memory, control groups, engine, terminal."""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docker.errors import APIError, DockerException

from drills.common.screen import columns, has_unicode
from drills.sandbox import engine
from drills.sandbox.errors import EngineMissingError, SandboxError
from drills.sandbox.labels import LABEL, OWNER, label, this_owner

if TYPE_CHECKING:
    from collections.abc import Callable

    import docker

CGROUP = Path("/sys/fs/cgroup")
LOOPS = 400_000
"""How often a piece of Python is run to time it: some tens of milliseconds."""
READINGS = 5
NAP_S = 0.01
NAPS = 100
BLOCK = 4096
WRITES = 30
BULK_MIB = 32
GIB = 1024.0**3
KIB = 1024.0
BUSY_S = 1.0


@dataclass(frozen=True)
class Engine:
    """The Docker engine; *missing* is a sentence where none answers, *privileged* None where it was not tried."""

    missing: str | None = None
    version: str = ""
    privileged: bool | None = None
    free_gib: float | None = None
    answer_s: float = 0.0


@dataclass(frozen=True)
class Machine:
    """What was measured. *busy_cores* is what other processes took meanwhile, *loops_per_s* the speed of one core.

    *lag_s* is how much too late a timer rang at worst, *usual_lag_s* in the median; *sync_s* how long a small write to
    the disk takes in the median; *cgroup* the version of control groups, None where there are none.
    """

    cores: int
    busy_cores: float
    loops_per_s: float
    lag_s: float
    usual_lag_s: float
    sync_s: float
    write_mib_s: float
    memory_gib: float
    disk_gib: float
    cgroup: int | None
    root: bool
    unicode: bool
    columns: int | None
    engine: Engine


def measure(output: Path) -> Machine:
    """Measure this machine within ten seconds; *output* is where records are written, or the nearest folder above."""
    folder = next(path for path in (output, *output.absolute().parents) if path.is_dir())
    lags = timer_lags()
    return Machine(
        cores=cores(),
        busy_cores=busy_cores(),
        loops_per_s=loops_per_s(),
        lag_s=max(lags),
        usual_lag_s=statistics.median(lags),
        sync_s=sync_s(folder),
        write_mib_s=write_mib_s(folder),
        memory_gib=available_gib(),
        disk_gib=shutil.disk_usage(folder).free / GIB,
        cgroup=cgroup_version(CGROUP),
        root=os.geteuid() == 0,
        unicode=has_unicode(),
        columns=columns(),
        engine=find_engine(),
    )


def cores() -> int:
    """Return how many processors this process may use, a quota of its control group not counted."""
    affinity: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def loops_per_s() -> float:
    """Return how many turns of a small loop one core makes in a second; the best of some readings counts."""
    return LOOPS / min(_timed(lambda: sum(range(LOOPS))) for _ in range(READINGS))


def timer_lags() -> list[float]:
    """Return by how many seconds each of some short sleeps was too long."""
    return [max(0.0, _timed(lambda: time.sleep(NAP_S)) - NAP_S) for _ in range(NAPS)]


def sync_s(folder: Path) -> float:
    """Return the median seconds of a small write that has to reach the disk below *folder*."""
    with tempfile.TemporaryFile(dir=folder) as file:

        def write() -> None:
            file.write(b"\0" * BLOCK)
            file.flush()
            os.fsync(file.fileno())

        return statistics.median(_timed(write) for _ in range(WRITES))


def write_mib_s(folder: Path) -> float:
    """Return how many MiB a second reach the disk below *folder* in one piece."""
    block = os.urandom(1024 * 1024)  # some file systems write zeros for nothing
    with tempfile.TemporaryFile(dir=folder) as file:

        def write() -> None:
            for _ in range(BULK_MIB):
                file.write(block)
            file.flush()
            os.fsync(file.fileno())

        return BULK_MIB / _timed(write)


def busy_cores(window_s: float = BUSY_S) -> float:
    """Return how many cores all processes but this one keep busy, over *window_s* seconds; 0 where that is unknown."""
    before, own, began = computed_s(), time.process_time(), time.monotonic()
    time.sleep(window_s)
    busy_s = computed_s() - before - (time.process_time() - own)
    return max(0.0, busy_s / (time.monotonic() - began))


def available_gib() -> float:
    """Return the memory that a new process can have, in GiB; infinite where the kernel does not say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith("MemAvailable:")) * KIB / GIB
    except (OSError, StopIteration):
        return float("inf")


def cgroup_version(root: Path) -> int | None:
    """Return the version of the control groups that are mounted at *root*, None where none are."""
    if (root / "cgroup.controllers").exists():
        return 2
    return 1 if (root / "memory").is_dir() else None


def find_engine() -> Engine:
    """Look for the engine; nothing is installed, started or pulled for that."""
    began = time.monotonic()
    try:
        client = engine.connect()
        about: dict[str, Any] = client.info()
    except (EngineMissingError, SandboxError, DockerException) as error:
        return Engine(missing=str(error))
    answer_s = time.monotonic() - began
    root = Path(str(about.get("DockerRootDir", "/var/lib/docker")))
    try:
        free_gib = shutil.disk_usage(root).free / GIB
    except OSError:
        free_gib = None  # the engine runs in a virtual machine
    return Engine(None, str(about.get("ServerVersion", "")), _privileged(client), free_gib, answer_s)


def _privileged(client: docker.DockerClient) -> bool | None:
    """Start a privileged container of an image that is there already; None where there is no such image."""
    images = client.images.list(filters={"label": f"{LABEL}=sandbox"})
    if not images:
        return None
    container = client.containers.create(
        images[0],
        command=["-c", "true"],
        entrypoint="/bin/sh",
        privileged=True,
        network_mode="none",
        labels={**label("doctor"), OWNER: this_owner()},
    )
    try:
        container.start()
    except APIError:
        return False
    finally:
        container.remove(force=True)
    return True


def computed_s(niceness: int | None = None) -> float:
    """Return the seconds that all cores together have computed since the boot; 0 where the kernel does not say.

    Processes of a lower priority than *niceness* do not count, by default this one's own: they give way to it.
    """
    try:
        fields = Path("/proc/stat").read_text(encoding="ascii").split("\n", maxsplit=1)[0].split()[1:]
    except OSError:
        return 0.0
    own = os.getpriority(os.PRIO_PROCESS, 0) if niceness is None else niceness
    return computing_s(list(map(int, fields)), own)


def computing_s(ticks: list[int], niceness: int) -> float:
    """Return the seconds of the kernel's *ticks*, by kind of work, that do not give way to a process of *niceness*."""
    user, nice, system, _idle, _wait, irq, soft, steal, *_ = [*ticks, 0]
    shared = user + system + irq + soft + steal + (nice if niceness > 0 else 0)
    return shared / os.sysconf("SC_CLK_TCK")


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
