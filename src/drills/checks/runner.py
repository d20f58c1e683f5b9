"""All probes of a visit at once: each as soon as those it depends on have passed, none of them waited for in vain."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from drills.checks.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drills.checks.context import Visit
    from drills.checks.definition import Probe
    from drills.checks.result import Reading

AT_ONCE = 12
"""Probes under way at a time; more than a front end has connections, and too few to be a load."""
SOUND = (Outcome.PASS, Outcome.DEGRADED)


class Survey:
    """Begins to look when it is made; a reading is waited for by whoever asks for it.

    *probes* are in the order of the register, where nothing comes before what it depends on.
    """

    def __init__(self, probes: Iterable[Probe], visit: Visit) -> None:
        self._visit = visit
        self._readings: dict[str, Future[Reading]] = {}
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="probe")
        for probe in probes:
            self._readings[probe.name] = self._pool.submit(self._look, probe)

    def __getitem__(self, name: str) -> Reading:
        return self._readings[name].result()

    def readings(self) -> list[Reading]:
        """Return all readings, in the order of their probes."""
        return [self[name] for name in self._readings]

    def close(self) -> None:
        """Return when no probe is under way any more; those not begun are not begun."""
        self._pool.shutdown(cancel_futures=True)

    def _look(self, probe: Probe) -> Reading:
        """Wait for what the probe depends on: all of that was begun before it, so nobody waits for ever."""
        for name in probe.after:
            root = self._root(name)
            if root is not None:
                why = f"not checked, because {root} failed"
                return probe.unread(self._visit.target, Outcome.BLOCKED, why, cause=root)
        return probe(self._visit)

    def _root(self, name: str) -> str | None:
        """Return the probe that is to blame when *name* did not pass; what was left out is nobody's fault."""
        if name not in self._readings:
            return None
        reading = self[name]
        return None if reading.outcome in (*SOUND, Outcome.LEFT_OUT) else reading.cause or reading.name
