"""Read a source again and again, and show what it said last, for as long as that is fresh."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Protocol

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterator

PERIOD_S = 1.0
FRESH_S = 2.5
Sample = tuple[str, str | None, float]
"""Metric, name of the container (None for what belongs to no single one), value."""
HELP = {
    "container_cpu_share": "CPU time of a container over its limit, in the last two seconds.",
    "container_memory_share": "Memory of a container, without inactive file cache, over its limit.",
    "engine_disk_share": "Used part of the disk on which images, volumes and containers lie.",
    "redis_memory_share": "Memory that Redis uses for data over its maxmemory.",
}
log = logging.getLogger("exporter")


class Source(Protocol):
    """Something that can be read; `samples` raises when it cannot."""

    def samples(self) -> list[Sample]:
        """Return what there is to say now."""


class Sampler(Collector):
    """Reads *source* once a second on a thread of its own; a reading that grows old is not shown any more."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._latest: tuple[float, list[Sample]] = (-FRESH_S, [])

    def start(self) -> None:
        """Begin to read; ends with the process."""
        threading.Thread(target=self._run, daemon=True).start()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the latest reading, or nothing when it is older than `FRESH_S`."""
        at_s, samples = self._latest
        if time.monotonic() - at_s > FRESH_S:
            return
        for metric in dict.fromkeys(name for name, _, _ in samples):
            mine = [(container, value) for name, container, value in samples if name == metric]
            family = GaugeMetricFamily(metric, HELP[metric], labels=["name"] if mine[0][0] is not None else [])
            for container, value in mine:
                family.add_metric([container] if container is not None else [], value)
            yield family

    def _run(self) -> None:
        while True:
            began_s = time.monotonic()
            self.read()
            time.sleep(max(0.0, began_s + PERIOD_S - time.monotonic()))

    def read(self) -> None:
        """Read the source once; one that fails leaves nothing to show."""
        began_s = time.monotonic()
        try:
            self._latest = (began_s, self._source.samples())
        except Exception as error:  # noqa: BLE001 — whatever is wrong with a source, the other one is still read
            self._latest = (began_s, [])
            log.warning("not read: %s: %s", type(error).__name__, error)
