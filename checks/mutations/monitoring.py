"""The mutations of the monitoring and of the figures that it shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from checks.mutations.gateway_edits import AS_SHIPPED, served
from checks.mutations.limits import alarming, incident, off_target
from checks.mutations.mutation import Mutation
from drills.runbook.expressions import series
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from drills.checks import Target

RULES = "config/prometheus/rules/runbook.yml"
CONFIG = "config/prometheus/prometheus.yml"
RELOAD = "curl -fsS -X POST http://localhost:9090/-/reload"
SHIPPED = ("git checkout -q config/prometheus", RELOAD)
BUSY = "docker run -d --name synthetic-{name} {limit} --entrypoint python3 schedgen/python:1 -c '{work}'"
GONE = "docker rm -f synthetic-{name}"
CALL = json.dumps([{"labels": {"alertname": incident(Quantity.QUEUE_DEPTH).alert.name}}])
LABEL = "--label com.docker.compose.project=schedgen"
FAILING = "--health-cmd false --health-interval 1s --health-retries 1"
GREEDY = """'python3 -c "bytearray(200 << 20)"; sleep 90'"""


def edited(script: str, file: str = RULES) -> tuple[str, ...]:
    """Return the lines that edit one of Prometheus' files with sed and have it read."""
    return (f"sed -i '{script}' {file}", RELOAD)


def recorded(quantity: Quantity, value: float) -> tuple[str, ...]:
    """Return the lines after which the figure of *quantity* stands at *value*."""
    return edited(f"/record: {series(quantity)}$/{{n;s/expr:.*/expr: vector({value:g})/}}")


def off(name: str, check: str, quantity: Quantity) -> Mutation:
    """Return a mutation after which a figure is off its target, and no alert fires."""
    return Mutation(
        name, red=frozenset({check}), breaks=("MO-06",), lines=recorded(quantity, off_target(quantity)), undo=SHIPPED
    )


def over(name: str, check: str, quantity: Quantity) -> Mutation:
    """Return a mutation after which a figure is so far off that its alert fires."""
    red = frozenset({check, "quiet alerts"})
    return Mutation(
        name, red=red, breaks=("MO-03", "MO-06"), lines=recorded(quantity, alarming(quantity)), undo=SHIPPED
    )


def grafana_is_gone(target: Target) -> Target:
    """Look for Grafana at a port without a server."""
    return target.changed(grafana_url="http://127.0.0.1:1")


def grafana_at_the_front_door(target: Target) -> Target:
    """Take the front door for Grafana, which answers its health check and has no dashboard."""
    return target.changed(grafana_url=target.front_url)


MONITORING = (
    Mutation(
        "stop Prometheus",
        red=frozenset({"prometheus", "containers running"}),
        breaks=("MO-01", "OP-01"),
        lines=("docker stop prometheus",),
        undo=("docker start prometheus",),
    ),
    Mutation(
        "stop the exporter",
        red=frozenset({"prometheus targets", "cpu usage", "memory usage", "containers running"}),
        breaks=("MO-01", "MO-06", "OP-01"),
        lines=("docker stop exporter",),
        undo=("docker start exporter",),
    ),
    Mutation(
        "load no rules",
        red=frozenset({"prometheus rules", "runbook alerts", "quiet alerts"}),
        breaks=("MO-02",),
        lines=(f"echo 'groups: []' > {RULES}", RELOAD),
        undo=SHIPPED,
    ),
    Mutation(
        "raise a threshold",
        red=frozenset({"runbook alerts"}),
        breaks=("MO-02",),
        lines=edited('s/runbook:queue_depth > .*"/runbook:queue_depth > 5000"/'),
        undo=SHIPPED,
    ),
    Mutation(
        "deliver no alerts",
        red=frozenset({"alert delivery"}),
        breaks=("MO-04",),
        lines=edited("/^alerting:/,/targets:/d", CONFIG),
        undo=SHIPPED,
    ),
    Mutation(
        "stop Alertmanager",
        red=frozenset({"alertmanager", "containers running"}),
        breaks=("MO-04", "OP-01"),
        lines=("docker stop alertmanager",),
        undo=("docker start alertmanager",),
    ),
    off("raise the error rate", "error rate", Quantity.ERROR_RATE),
    off("slow the answers down", "response time p95", Quantity.RESPONSE_TIME_P95),
    off("let the queue grow", "queue depth", Quantity.QUEUE_DEPTH),
    over("let the queue grow until its alert fires", "queue depth", Quantity.QUEUE_DEPTH),
    over("use up the pool", "database connections", Quantity.CONNECTION_POOL),
    Mutation(
        "send Alertmanager an alert",
        red=frozenset({"alertmanager alerts"}),
        breaks=("MO-03",),
        lines=(f"curl -fsS -H 'Content-Type: application/json' -d '{CALL}' http://localhost:9093/api/v2/alerts",),
        undo=("docker restart alertmanager",),
    ),
    Mutation(
        "keep a core busy",
        red=frozenset({"cpu usage"}),
        breaks=("MO-06",),
        lines=(BUSY.format(name="busy", limit="--cpus 0.1", work="while True: pass"),),
        undo=(GONE.format(name="busy"),),
    ),
    Mutation(
        "hold a container's memory",
        red=frozenset({"memory usage"}),
        breaks=("MO-06",),
        lines=(
            BUSY.format(name="large", limit="-m 64m", work="import time; all = bytearray(50 << 20); time.sleep(90)"),
        ),
        undo=(GONE.format(name="large"),),
    ),
    Mutation(
        "start Redis no more when it ends",
        red=frozenset({"containers as composed"}),
        breaks=("OP-04",),
        lines=("docker update --restart no redis",),
        undo=("docker update --restart unless-stopped redis",),
    ),
    Mutation("lose Grafana", red=frozenset({"grafana"}), breaks=("MO-05",), retarget=grafana_is_gone),
    Mutation(
        "lose a dashboard",
        red=frozenset({"grafana dashboards"}),
        breaks=("MO-05",),
        lines=served("location = /api/health", 200, '{"database":"ok"}') + served("location = /api/search", 200, "[]"),
        undo=AS_SHIPPED,
        retarget=grafana_at_the_front_door,
    ),
    Mutation(
        "crash a container again and again",
        red=frozenset({"containers running"}),
        breaks=("OP-01",),
        lines=(f"docker run -d --restart always {LABEL} --name synthetic-crash --entrypoint false schedgen/redis:1",),
        undo=(GONE.format(name="crash"),),
    ),
    Mutation(
        "fail a container's health check",
        red=frozenset({"containers healthy"}),
        breaks=("OP-02",),
        lines=(f"docker run -d {LABEL} --name synthetic-sick {FAILING} schedgen/redis:1",),
        undo=(GONE.format(name="sick"),),
    ),
    Mutation(
        "let a container run out of memory",
        red=frozenset({"containers memory"}),
        breaks=("OP-03",),
        lines=(f"docker run -d {LABEL} --name synthetic-hungry -m 24m --entrypoint sh schedgen/python:1 -c {GREEDY}",),
        undo=(GONE.format(name="hungry"),),
    ),
)
