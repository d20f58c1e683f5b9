"""A dashboard as Grafana's JSON, by Grafana's own SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grafana_foundation_sdk.builders import common as shapes
from grafana_foundation_sdk.builders import dashboard, prometheus, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import GraphTresholdsStyleMode
from grafana_foundation_sdk.models.dashboard import DashboardLinkType, DataSourceRef, Threshold, ThresholdsMode

from drills.common.threshold import PERCENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drills.common.threshold import Threshold as Limit
    from reports.dashboards.panels import Panel

SOURCE_UID: Final = "prometheus"
SOURCE: Final = DataSourceRef(type_val="prometheus", uid=SOURCE_UID)
OWN_STORE: Final = DataSourceRef(type_val="grafana", uid="-- Grafana --")
DRILL_TAG: Final = "drill"
"""The tag of annotations that mark the phases of a drill."""
STARTED: Final = "changes(process_start_time_seconds[1m]) > 0"
"""A process that replaced another one at the same address, as a deployment or a restart does."""
RUNBOOK: Final = "/public/runbook/"
"""Where the Grafana of the compose file shows the runbook's folder; a reader may type another address."""
UNITS: Final = {PERCENT: "percentunit", "s": "s"}
GREEN, AMBER, RED = "green", "orange", "red"
HALF_WIDTH, HEIGHT = 12, 8


def as_json(uid: str, title: str, panels: Iterable[Panel]) -> str:
    """Return the dashboard as Grafana reads it from a file."""
    made = dashboard.Dashboard(title).uid(uid).readonly().time("now-1h", "now").refresh("10s").timezone("utc")
    made.with_variable(dashboard.TextBoxVariable("runbook").label("Address of the runbook").default_value(RUNBOOK))
    for mark in _annotations():
        made.annotation(mark)
    for panel in panels:
        made.with_panel(_panel(panel))
    return JSONEncoder(sort_keys=True, indent=2).encode(made.build()) + "\n"


def _annotations() -> tuple[dashboard.AnnotationQuery, ...]:
    tagged = dashboard.AnnotationTarget().tags([DRILL_TAG]).type("tags").limit(100).match_any(match_any=True)
    phases = dashboard.AnnotationQuery().name("Drill phases").datasource(OWN_STORE).target(tagged)
    deployed = dashboard.AnnotationQuery().name("Deployments and restarts").datasource(SOURCE).expr(STARTED)
    return (
        phases.enable(enable=True).icon_color("purple"),
        deployed.enable(enable=True).icon_color("blue"),
    )


def _panel(panel: Panel) -> timeseries.Panel:
    drawn = timeseries.Panel().title(panel.title).datasource(SOURCE).span(HALF_WIDTH).height(HEIGHT)
    drawn.description(f"Target {panel.target.text}, alert {panel.threshold.text}. {panel.chapter}")
    drawn.unit(UNITS.get(panel.threshold.unit, "short")).thresholds(_levels(panel.target, panel.threshold))
    drawn.thresholds_style(shapes.GraphThresholdsStyleConfig().mode(GraphTresholdsStyleMode.LINE))
    drawn.links([_link(panel)])
    for letter, query in zip("AB", panel.queries, strict=False):
        legend = panel.title if letter == "A" else "__auto"
        drawn.with_target(prometheus.Dataquery().expr(query).ref_id(letter).legend_format(legend).range())
    return drawn


def _link(panel: Panel) -> dashboard.DashboardLink:
    link = dashboard.DashboardLink(f"Runbook: {panel.chapter}").type(DashboardLinkType.LINK)
    return link.url(f"${{runbook}}{panel.chapter}").target_blank(target_blank=True)


def _levels(target: Limit, alert: Limit) -> dashboard.ThresholdsConfig:
    """Colour what is at the target, what is between target and alert, and what the alert fires at."""
    below, above = (GREEN, RED) if alert.op in (">", ">=") else (RED, GREEN)
    low, high = sorted((target.value, alert.value))
    between = [Threshold(low, AMBER)] if low < high else []
    steps = [Threshold(None, below), *between, Threshold(high, above)]
    return dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)
