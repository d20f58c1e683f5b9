"""The files that Grafana reads at its start: the dashboards, where they lie, and where their data is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from reports.dashboards.grafana import SOURCE_UID, as_json
from reports.dashboards.panels import dashboards

if TYPE_CHECKING:
    from drills.runbook.expressions import Expressions
    from drills.runbook.model import Runbook

HEAD = "# Written by `python -m reports.dashboards`; change that, not this file.\n"


def rendered(runbook: Runbook, expressions: Expressions, prometheus: str) -> dict[str, str]:
    """Return each file's content by its path below `stack/config/grafana`; *prometheus* is the address of the data."""
    made = dashboards(runbook, expressions)
    files = {f"dashboards/{uid}.json": as_json(uid, title, panels) for uid, (title, panels) in made.items()}
    return files | {
        "provisioning/dashboards/runbook.yml": _yaml({"apiVersion": 1, "providers": [_provider()]}),
        "provisioning/datasources/prometheus.yml": _yaml({"apiVersion": 1, "datasources": [_source(prometheus)]}),
    }


def _provider() -> dict[str, Any]:
    return {"name": "runbook", "type": "file", "options": {"path": "/etc/grafana/dashboards"}}


def _source(prometheus: str) -> dict[str, Any]:
    about = {"name": "Prometheus", "uid": SOURCE_UID, "type": "prometheus", "access": "proxy"}
    return {**about, "url": prometheus, "isDefault": True}


def _yaml(value: object) -> str:
    return HEAD + yaml.safe_dump(value, sort_keys=False)
