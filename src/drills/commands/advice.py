"""Say what a measured machine is good for: what will not work, what is unreliable, and which time scale suits it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.sandbox.machine import Engine, Machine

OLDEST_ENGINE = (20, 10)
SCALES = (60, 30, 20, 10, 5, 2, 1)
"""Time scales to choose from; the first one is what a run takes that names none."""
CORE_LOOPS_PER_S = 50e6
"""What one drill keeps busy, counted in turns of a small loop a second."""
LAGS_IN_A_WINDOW = 50
"""A window has to be so many times longer than the worst lag of a timer, or the lag is a part of what is judged."""
LATE_S = 0.1
SLOW_SYNC_S = 0.02
SANDBOX_GIB = 5.0
"""What a sandbox takes, its disk included, which is kept in memory; one that fills its disk takes a little more."""
SMALLEST_GIB = 2.0
IMAGES_GIB = 5.0
"""What the engine's images and the image store take."""
RECORDS_GIB = 0.5
BUSY = 0.25
"""The part of the processors that others may take."""
MS = 1000.0


class Level(StrEnum):
    """How bad a finding is; the first one makes the exit code 1."""

    BROKEN = "will not work"
    UNRELIABLE = "unreliable"
    FINE = "fine"


@dataclass(frozen=True)
class Advice:
    """One finding in a sentence, with what to do where there is something to do."""

    level: Level
    text: str


def advice(machine: Machine) -> list[Advice]:
    """Return all that is to say of *machine*, part by part."""
    return [
        *_engine(machine.engine),
        *_privileges(machine.engine),
        _processors(machine),
        _load(machine),
        _timers(machine),
        _disk(machine),
        _memory(machine),
        _free(machine),
        _cgroup(machine),
        _terminal(machine),
    ]


def time_scale(machine: Machine, window_s: float) -> int:
    """Return the time scale that suits *machine*, where the shortest window of the runbook is *window_s* seconds."""
    cores = max(0.0, machine.cores - machine.busy_cores) * machine.loops_per_s / CORE_LOOPS_PER_S
    most = min(
        SCALES[0] * min(1.0, cores),
        window_s / (LAGS_IN_A_WINDOW * machine.lag_s) if machine.lag_s else SCALES[0],
        SCALES[0] * min(1.0, SLOW_SYNC_S / machine.sync_s) if machine.sync_s else SCALES[0],
    )
    return next((scale for scale in SCALES if scale <= most), SCALES[-1])


def _engine(engine: Engine) -> Iterator[Advice]:
    if engine.missing:
        yield Advice(Level.BROKEN, engine.missing)
    elif _version(engine.version) < OLDEST_ENGINE:
        oldest = ".".join(map(str, OLDEST_ENGINE))
        yield Advice(Level.BROKEN, f"The Docker engine is {engine.version}; drills need {oldest} or newer.")
    else:
        yield Advice(Level.FINE, f"The Docker engine is {engine.version} and answers in {engine.answer_s * MS:.0f} ms.")


def _version(text: str) -> tuple[int, ...]:
    digits = [part for part in text.split(".")[:2] if part.isdecimal()]
    return tuple(map(int, digits)) if len(digits) == len(OLDEST_ENGINE) else OLDEST_ENGINE


def _privileges(engine: Engine) -> Iterator[Advice]:
    if engine.missing:
        return
    said = {
        True: "The engine starts privileged containers.",
        False: "The engine refuses privileged containers: the sandbox asks for single capabilities instead, and "
        "`drills setup` says whether that is enough.",
        None: "Whether the engine starts privileged containers was not tried: no sandbox image is here; run "
        "`drills setup` first.",
    }
    yield Advice(Level.FINE, said[engine.privileged])


def _processors(machine: Machine) -> Advice:
    speed = machine.loops_per_s / CORE_LOOPS_PER_S
    text = f"{machine.cores} processors, each {speed:.1f} times as fast as a drill needs."
    if machine.cores * speed < 1:
        return Advice(Level.UNRELIABLE, f"{text} Records will have gaps, and verdicts be UNKNOWN.")
    return Advice(Level.FINE, text)


def _load(machine: Machine) -> Advice:
    text = f"Other processes keep {machine.busy_cores:.1f} of {machine.cores} processors busy"
    if machine.busy_cores > BUSY * machine.cores:
        return Advice(Level.UNRELIABLE, f"{text}: times are too long, verdicts may be UNKNOWN; end what you can.")
    return Advice(Level.FINE, f"{text}.")


def _timers(machine: Machine) -> Advice:
    text = f"Timers ring {machine.usual_lag_s * MS:.1f} ms late, {machine.lag_s * MS:.0f} ms at worst"
    if machine.lag_s > LATE_S:
        return Advice(Level.UNRELIABLE, f"{text}: alerts and samples come late, and short windows have holes.")
    return Advice(Level.FINE, f"{text}.")


def _disk(machine: Machine) -> Advice:
    text = (
        f"A small write reaches the disk in {machine.sync_s * MS:.1f} ms, large ones at {machine.write_mib_s:.0f} MiB/s"
    )
    if machine.sync_s > SLOW_SYNC_S:
        return Advice(Level.UNRELIABLE, f"{text}: boots and databases are slow; put the engine on another disk.")
    return Advice(Level.FINE, f"{text}.")


def _memory(machine: Machine) -> Advice:
    text = f"{machine.memory_gib:.1f} GiB of memory are free; a sandbox takes about {SANDBOX_GIB:g} GiB"
    if machine.memory_gib < SMALLEST_GIB:
        return Advice(Level.BROKEN, f"{text}, and none comes up with less than {SMALLEST_GIB:g} GiB: free some.")
    if machine.memory_gib < SANDBOX_GIB:
        return Advice(Level.UNRELIABLE, f"{text}: drills that fill a disk or leak memory may end the sandbox itself.")
    return Advice(Level.FINE, f"{text}: enough for {machine.memory_gib // SANDBOX_GIB:.0f} side by side.")


def _free(machine: Machine) -> Advice:
    engine_gib = machine.engine.free_gib
    if machine.disk_gib < RECORDS_GIB:
        return Advice(Level.BROKEN, f"{machine.disk_gib:.1f} GiB are free for records; {RECORDS_GIB:g} GiB are needed.")
    if engine_gib is not None and engine_gib < IMAGES_GIB:
        return Advice(
            Level.BROKEN, f"{engine_gib:.1f} GiB are free for the engine; its images take {IMAGES_GIB:g} GiB."
        )
    shown = "" if engine_gib is None else f", {engine_gib:.0f} GiB for the engine"
    return Advice(Level.FINE, f"{machine.disk_gib:.0f} GiB are free for records{shown}.")


def _cgroup(machine: Machine) -> Advice:
    if machine.cgroup is None:
        return Advice(
            Level.UNRELIABLE, "No control groups are seen here: without memory limits, drills of memory are INVALID."
        )
    return Advice(Level.FINE, f"Control groups of version {machine.cgroup}.")


def _terminal(machine: Machine) -> Advice:
    signs = "UTF-8" if machine.unicode else "ASCII, because no locale of UTF-8 is set"
    width = "no terminal, so lines are as long as they are" if machine.columns is None else f"{machine.columns} columns"
    return Advice(Level.FINE, f"Output in {signs}; {width}.")
