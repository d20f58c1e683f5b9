"""Record what Prometheus measures the system with: a solution that changes that has cured nothing."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Literal

import httpx

from drills.common.prometheus import Prometheus, PrometheusError

if TYPE_CHECKING:
    from drills.drill.arm.run import Run

TIMEOUT_S = 3.0
READ_DEADLINE_S = 10.0
"""A Prometheus that the solution restarted answers again after a few seconds."""
RULE = ("type", "name", "query", "duration", "keepFiringFor", "labels")
"""What a rule measures; its state and its times change all the while."""


def record(run: Run, when: Literal["normal", "recovered"]) -> None:
    """Record a hash of each part that is loaded; raises DrillStopped where Prometheus does not answer."""
    parts = run.wait(
        lambda: loaded_parts(run.system.target.prometheus_url or ""),
        done=bool,
        at_most_s=READ_DEADLINE_S,
        expected="Prometheus to say which rules, configuration and flags it has loaded",
        next_step="read the log of Prometheus",
    )
    run.record.write("instruments", when=when, parts=parts)


def loaded_parts(url: str) -> dict[str, str]:
    """Return the SHA-256 of each part that the Prometheus at *url* has loaded; nothing when it does not answer."""
    with httpx.Client(base_url=url, timeout=TIMEOUT_S) as http:
        prometheus = Prometheus(http)
        try:
            parts = {
                "rules": [_group(group) for group in prometheus.rule_groups()],
                "configuration": prometheus.configuration(),
                "flags": prometheus.flags(),
                "scrape jobs": prometheus.scrape_jobs(),
            }
        except (httpx.HTTPError, PrometheusError):
            return {}
    return {name: _sha256(part) for name, part in parts.items()}


def _group(group: dict[str, Any]) -> dict[str, Any]:
    rules = [{key: rule.get(key) for key in RULE} for rule in group.get("rules", ())]
    return {"name": group.get("name"), "interval": group.get("interval"), "rules": rules}


def _sha256(part: object) -> str:
    return hashlib.sha256(json.dumps(part, sort_keys=True).encode()).hexdigest()
