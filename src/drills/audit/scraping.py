"""Prometheus' own configuration: how often it scrapes and evaluates, which hosts each job asks, whom it tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml

from drills.audit.alert_rules import seconds
from drills.audit.errors import AuditError
from drills.audit.promql import holds, matchers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import promql_parser

USUAL_S: Final = 60.0
"""Prometheus' own interval, in seconds, for scrapes and for evaluations, where the configuration says none."""
_HOST: Final = re.compile(r"(?:https?://)?([\w.-]+)")


@dataclass(frozen=True)
class Job:
    """A scrape job: its interval in seconds, and the hosts that it asks or has probed."""

    name: str
    interval_s: float
    hosts: frozenset[str]


@dataclass(frozen=True)
class Scraping:
    """Prometheus' configuration, as far as audits need it; *tells* is whether it sends alerts anywhere."""

    jobs: tuple[Job, ...]
    interval_s: float
    evaluation_s: float
    tells: bool

    def picked(self, selector: promql_parser.VectorSelector) -> tuple[Job, ...]:
        """Return the jobs whose series *selector* may pick, by its matchers on `job`."""
        asked = [one for one in matchers(selector) if one.name == "job"]
        return tuple(job for job in self.jobs if all(holds(one, job.name) for one in asked))


def read_scraping(file: Path) -> Scraping:
    """Read Prometheus' configuration; AuditError where it cannot be used."""
    try:
        held = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise AuditError(f"{file}: Prometheus' configuration cannot be read ({' '.join(str(error).split())})") from None
    if not isinstance(held, dict):
        raise AuditError(f"{file}: expected Prometheus' configuration, with scrape_configs")
    common = held.get("global") or {}
    interval_s = seconds(common.get("scrape_interval")) or USUAL_S
    jobs = tuple(_job(each, interval_s) for each in held.get("scrape_configs") or ())
    alerting = held.get("alerting") or {}
    return Scraping(
        jobs, interval_s, seconds(common.get("evaluation_interval")) or USUAL_S, bool(alerting.get("alertmanagers"))
    )


def _job(held: Mapping[str, Any], usual_s: float) -> Job:
    hosts = frozenset(match[1] for text in _addresses(held) if (match := _HOST.match(text)))
    return Job(str(held.get("job_name")), seconds(held.get("scrape_interval")) or usual_s, hosts)


def _addresses(held: Mapping[str, Any]) -> Iterator[str]:
    """Yield the addresses that a job asks: listed, found by DNS, or handed to a prober as its target."""
    for each in held.get("static_configs") or ():
        yield from map(str, each.get("targets") or ())
    for each in held.get("dns_sd_configs") or ():
        yield from map(str, each.get("names") or ())
    yield from map(str, (held.get("params") or {}).get("target") or ())
