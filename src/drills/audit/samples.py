"""The series of a system, from what its services expose or from a running Prometheus."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from drills.audit.errors import AuditError
from drills.audit.promql import NAME, fits, holds, matchers, name_of
from drills.common.prometheus_text import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from promql_parser import VectorSelector

Labels = dict[str, str]
_TYPE: Final = re.compile(r"^# TYPE (\S+) (\w+)", re.MULTILINE)
_PART: Final = re.compile(r"_(?:bucket|count|sum|total)$")
OF_EACH_JOB: Final = ("up", "scrape_duration_seconds", "scrape_samples_scraped")
"""Series that Prometheus makes itself for each target."""
OF_PROMETHEUS: Final = ("ALERTS", "ALERTS_FOR_STATE")


@dataclass(frozen=True)
class Samples:
    """Series by the name of their metric, and the types that are declared.

    *unknown* are labels whose values are not known here; *source* says where all this is from.
    """

    series: Mapping[str, tuple[Labels, ...]]
    types: Mapping[str, str]
    source: str
    unknown: frozenset[str] = field(default_factory=frozenset)

    def has(self, name: str) -> bool:
        """Say whether the metric is there; one that is declared is, before its first series."""
        return name in self.series or name in OF_PROMETHEUS or self.type_of(name) is not None

    def type_of(self, name: str) -> str | None:
        """Return what the metric is declared as (counter, gauge, histogram, summary), None where it is not."""
        return self.types.get(name) or self.types.get(_PART.sub("", name))

    def named(self, selector: VectorSelector) -> Iterator[tuple[str, Labels]]:
        """Yield the series of the metrics that *selector* names, whatever its other matchers are."""
        name = name_of(selector)
        asked = [one for one in matchers(selector) if one.name == NAME]
        for each, rows in self.series.items():
            if each == name if name else all(holds(one, each) for one in asked):
                yield from ((each, row) for row in rows)

    def picked(self, selector: VectorSelector) -> list[tuple[str, Labels]]:
        """Return the series that *selector* picks."""
        return [(name, row) for name, row in self.named(selector) if fits(selector, name, row, self.unknown)]


def from_files(given: Iterable[str]) -> Samples:
    """Read what services expose, `FILE` or `JOB=FILE` each; AuditError where one is no Prometheus text."""
    series: dict[str, list[Labels]] = {}
    types: dict[str, str] = {}
    unknown = {"instance"}
    names = []
    for each in given:
        job, _, file = each.rpartition("=")
        text = _text(file)
        names.append(file)
        unknown |= set() if job else {"job"}
        added = {"job": job} if job else {}
        types |= {name: kind for name, kind in _TYPE.findall(text) if kind not in ("unknown", "untyped")}
        for sample in _parsed(text, file):
            series.setdefault(sample[0], []).append({**sample[1], **added})
        for name in OF_EACH_JOB:
            series.setdefault(name, []).append(added)
    types |= dict.fromkeys(OF_EACH_JOB, "gauge")
    return Samples({name: tuple(rows) for name, rows in series.items()}, types, ", ".join(names), frozenset(unknown))


def _text(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AuditError(f"{file}: the metrics cannot be read ({error})") from None


def _parsed(text: str, file: str) -> list[tuple[str, Labels]]:
    try:
        return [(sample.name, dict(sample.labels)) for sample in parse(text).samples]
    except ValueError as error:
        raise AuditError(f"{file}: {error}") from None
