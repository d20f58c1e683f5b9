"""Reads Prometheus' text format far enough to know what a service exposes, and with which labels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

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
