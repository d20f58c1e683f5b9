"""Record what processes outside the run take of the machine during a drill: a busy machine may not judge slowness."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from drills.sandbox.machine import computed_s, cores
from drills.sandbox.own_load import between_s, own_s

if TYPE_CHECKING:
    from typing import Self

    from drills.record.recorder import Recorder

EVERY_S = 5.0
LOWEST = 19
"""Processes that give way count, too: they share caches and the halves of a core."""
JOIN_S = 15.0
"""Asking the engine what the sandboxes computed takes a second on a busy machine."""


class MachineMonitor:
    """Writes an event every EVERY_S seconds from a thread of its own; *root* is the process that the run comes from."""

    def __init__(self, record: Recorder, root: int) -> None:
        self._record = record
        self._root = root
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="machine monitor", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(JOIN_S)

    def _run(self) -> None:
        at, all_s, own = self._look()
        while not self._stop.wait(EVERY_S):
            now, all_now_s, own_now = self._look()
            if own.keys() != own_now.keys():
                # A sandbox came, went, or could not be asked: what it computed would count as others', or all at once.
                at, all_s, own = now, all_now_s, own_now
                continue
            others = (all_now_s - all_s - between_s(own, own_now)) / (now - at)
            bounded = min(max(0.0, others), cores())
            self._record.write("machine", cores=cores(), others=round(bounded, 2), seconds=round(now - at, 2))
            at, all_s, own = now, all_now_s, own_now

    def _look(self) -> tuple[float, float, dict[str, float]]:
        return time.monotonic(), computed_s(LOWEST), own_s(self._root)
