"""Prometheus' text format, both ways: what a service exposes, and gauges of our own."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prometheus_client import Metric

Samples = list[tuple[dict[str, str], float]]
"""The samples of one family: labels and value of each."""
_SERIES = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?$")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')
_TYPE = re.compile(r"^# TYPE (\S+) \S+$")


@dataclass(frozen=True)
class Series:
    """One sample line: its name, its labels and its value as written."""

    name: str
    labels: Mapping[str, str]
    value: str


@dataclass(frozen=True)
class Exposition:
    """What one scrape returns: the metrics it declares and the samples it holds.

    A labelled counter that nothing has incremented yet is declared and has no sample.
    """

    declared: frozenset[str]
    series: tuple[Series, ...]

    def named(self, name: str) -> list[Series]:
        """Return the samples called `name`."""
        return [one for one in self.series if one.name == name]


def parse(text: str) -> Exposition:
    """Return what `text` exposes; raises ValueError naming the first line that is no sample."""
    declared, series = set(), []
    for number, line in enumerate(text.splitlines(), 1):
        if match := _TYPE.match(line):
            declared.add(match[1])
        elif line.strip() and not line.startswith("#"):
            series.append(_sample(number, line.strip()))
    return Exposition(frozenset(declared), tuple(series))


def _sample(number: int, line: str) -> Series:
    match = _SERIES.match(line)
    if match is None:
        raise ValueError(f"line {number} is no sample: {line[:80]!r}")
    return Series(match[1], dict(_LABEL.findall(match[2] or "")), match[3])


class _Given(Collector):
    def __init__(self, families: Iterable[tuple[str, str, Samples]]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        for name, about, samples in self._families:
            family = GaugeMetricFamily(name, about)
            for labels, value in samples:
                family.add_sample(name, labels, value if math.isfinite(value) else math.nan)
            if samples:
                yield family


def gauges(families: Iterable[tuple[str, str, Samples]]) -> str:
    """Return gauges as text, given as name, help and samples; a family without samples is left out."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Given(families))
    return generate_latest(registry).decode()


def without(text: str, prefix: str) -> str:
    """Return *text* without the families whose names begin with *prefix*; the others stay as they are written."""
    lines = text.split("\n")
    return "\n".join(one for one in lines if not _about(one).startswith(prefix))


def _about(line: str) -> str:
    return line.removeprefix("# HELP ").removeprefix("# TYPE ")
