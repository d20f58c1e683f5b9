"""Prometheus' text format, both ways: what a service exposes, and gauges of our own."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as plain_text
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prometheus_client import Metric
    from prometheus_client.samples import Sample

OPEN_METRICS = "application/openmetrics-text"
LAST_LINE = "# EOF"
UNREADABLE = (ValueError, KeyError, IndexError)
"""What the parsers raise for a text of another form."""
_SAMPLE = re.compile(r'(?:[^"#]|"(?:[^"\\]|\\.)*")*')
"""A sample up to its exemplar, which begins with a # outside of quotes."""
Samples = list[tuple[dict[str, str], float]]
"""The samples of one family: labels and value of each."""


@dataclass(frozen=True)
class Exposition:
    """What one scrape returns: the metrics it declares and the samples it holds.

    A labelled counter that nothing has incremented yet is declared and has no sample.
    """

    declared: frozenset[str]
    samples: tuple[Sample, ...]

    def named(self, name: str) -> list[Sample]:
        """Return the samples called `name`."""
        return [sample for sample in self.samples if sample.name == name]


def parse(text: str, content_type: str = "") -> Exposition:
    """Return what `text` exposes, as OpenMetrics where *content_type* or its last line says so.

    Raises ValueError naming the first line that is no sample.
    """
    ended = text.rstrip("\n").rpartition("\n")[2] == LAST_LINE
    try:
        families = _open_metrics(text, ended=ended) if ended or _is_open(content_type) else list(plain_text(text))
    except UNREADABLE as error:
        raise ValueError(_trouble(text, error)) from None
    known = [family for family in families if family.type != "unknown"]
    declared = {f"{family.name}_total" if family.type == "counter" else family.name for family in known}
    return Exposition(frozenset(declared), tuple(sample for family in families for sample in family.samples))


def _is_open(content_type: str) -> bool:
    return content_type.strip().lower().startswith(OPEN_METRICS)


def _open_metrics(text: str, *, ended: bool) -> list[Metric]:
    """Read OpenMetrics; what the strict parser refuses and Prometheus takes is read as text, without its exemplars."""
    try:
        return list(open_metrics(text))  # type: ignore[no-untyped-call]
    except UNREADABLE:
        if not ended:  # the answer was cut off
            raise
    lines = [line if line.startswith("#") else _without_exemplar(line) for line in text.split("\n")]
    return list(plain_text("\n".join(line for line in lines if line != LAST_LINE)))


def _without_exemplar(line: str) -> str:
    sample = _SAMPLE.match(line)
    return sample[0].rstrip() if sample else line


def _trouble(text: str, error: Exception) -> str:
    """Say which line cannot be read; an exposition breaks its lines at line feeds only."""
    for number, line in enumerate(text.split("\n"), 1):
        try:
            list(plain_text(f"{line}\n"))
        except UNREADABLE:
            return f"line {number} is no sample: {line[:80]!r}"
    return f"no Prometheus text: {error}"


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
    return "\n".join(line for line in lines if not _about(line).startswith(prefix))


def _about(line: str) -> str:
    return line.removeprefix("# HELP ").removeprefix("# TYPE ")
