"""What can be wrong with those who watch, and with the figures that they show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scenarios.mutations.gateway import AS_SHIPPED, served
from scenarios.mutations.mutation import Mutation

if TYPE_CHECKING:
    from checks.target import Target

RULES = "config/prometheus/rules/runbook.yml"
CONFIG = "config/prometheus/prometheus.yml"
RELOAD = "curl -fsS -X POST http://localhost:9090/-/reload"
SHIPPED = ("git checkout -q config/prometheus", RELOAD)
BUSY = "docker run -d --name synthetic-{name} {limit} --entrypoint python3 schedgen/python:1 -c '{work}'"
GONE = "docker rm -f synthetic-{name}"
CALL = '[{"labels": {"alertname": "HighQueueDepth"}}]'
LABEL = "--label com.docker.compose.project=schedgen"
FAILING = "--health-cmd false --health-interval 1s --health-retries 1"
GREEDY = """'python3 -c "bytearray(200 << 20)"; sleep 90'"""


def edited(script: str, file: str = RULES) -> tuple[str, ...]:
    """Return the lines that edit one of Prometheus' files with sed and have it read."""
    return (f"sed -i '{script}' {file}", RELOAD)


def recorded(series: str, value: str) -> tuple[str, ...]:
    """Return the lines after which the figure *series* stands at *value*."""
    return edited(f"/record: runbook:{series}$/{{n;s/expr:.*/expr: vector({value})/}}")


def grafana_is_gone(target: Target) -> Target:
    """Look for Grafana where nobody listens."""
    return replace(target, grafana_url="http://127.0.0.1:1")


def grafana_at_the_front_door(target: Target) -> Target:
    """Take the front door for Grafana, which answers its health check and has no dashboard."""
    return replace(target, grafana_url=target.front_url)


WATCHERS = (
    Mutation(
        "stop Prometheus",
        red=frozenset({"prometheus", "containers running"}),
        lines=("docker stop prometheus",),
        undo=("docker start prometheus",),
    ),
    Mutation(
        "stop the exporter",
        red=frozenset({"prometheus targets", "cpu usage", "memory usage", "containers running"}),
        lines=("docker stop exporter",),
        undo=("docker start exporter",),
    ),
    Mutation(
        "load no rules",
        red=frozenset({"prometheus rules", "runbook alerts", "quiet alerts"}),
        lines=(f"echo 'groups: []' > {RULES}", RELOAD),
        undo=SHIPPED,
    ),
    Mutation(
        "raise a threshold",
        red=frozenset({"runbook alerts"}),
        lines=edited('s/runbook:queue_depth > .*"/runbook:queue_depth > 5000"/'),
        undo=SHIPPED,
    ),
    Mutation(
        "tell nobody of alerts",
        red=frozenset({"alert delivery"}),
        lines=edited("/^alerting:/,/targets:/d", CONFIG),
        undo=SHIPPED,
    ),
    Mutation(
        "stop Alertmanager",
        red=frozenset({"alertmanager", "containers running"}),
        lines=("docker stop alertmanager",),
        undo=("docker start alertmanager",),
    ),
    Mutation("raise the error rate", red=frozenset({"error rate"}), lines=recorded("error_rate", "0.03"), undo=SHIPPED),
    Mutation(
        "slow the answers down",
        red=frozenset({"response time p95"}),
        lines=recorded("response_time_p95", "7"),
        undo=SHIPPED,
    ),
    Mutation("let the queue grow", red=frozenset({"queue depth"}), lines=recorded("queue_depth", "300"), undo=SHIPPED),
    Mutation(
        "let the queue grow until somebody is called",
        red=frozenset({"queue depth", "quiet alerts"}),
        lines=recorded("queue_depth", "600"),
        undo=SHIPPED,
    ),
    Mutation(
        "call somebody",
        red=frozenset({"alertmanager alerts"}),
        lines=(f"curl -fsS -H 'Content-Type: application/json' -d '{CALL}' http://localhost:9093/api/v2/alerts",),
        undo=("docker restart alertmanager",),
    ),
    Mutation(
        "use up the pool",
        red=frozenset({"database connections", "quiet alerts"}),
        lines=recorded("connection_pool", "50"),
        undo=SHIPPED,
    ),
    Mutation(
        "keep a core busy",
        red=frozenset({"cpu usage"}),
        lines=(BUSY.format(name="busy", limit="--cpus 0.1", work="while True: pass"),),
        undo=(GONE.format(name="busy"),),
    ),
    Mutation(
        "hold a container's memory",
        red=frozenset({"memory usage"}),
        lines=(
            BUSY.format(name="large", limit="-m 64m", work="import time; all = bytearray(50 << 20); time.sleep(90)"),
        ),
        undo=(GONE.format(name="large"),),
    ),
    Mutation("lose Grafana", red=frozenset({"grafana"}), retarget=grafana_is_gone),
    Mutation(
        "lose a dashboard",
        red=frozenset({"grafana dashboards"}),
        lines=served("location = /api/health", 200, '{"database":"ok"}') + served("location = /api/search", 200, "[]"),
        undo=AS_SHIPPED,
        retarget=grafana_at_the_front_door,
    ),
    Mutation(
        "crash a container again and again",
        red=frozenset({"containers running"}),
        lines=(f"docker run -d --restart always {LABEL} --name synthetic-crash --entrypoint false schedgen/redis:1",),
        undo=(GONE.format(name="crash"),),
    ),
    Mutation(
        "fail a container's health check",
        red=frozenset({"containers healthy"}),
        lines=(f"docker run -d {LABEL} --name synthetic-sick {FAILING} schedgen/redis:1",),
        undo=(GONE.format(name="sick"),),
    ),
    Mutation(
        "let a container run out of memory",
        red=frozenset({"containers memory"}),
        lines=(f"docker run -d {LABEL} --name synthetic-hungry -m 24m --entrypoint sh schedgen/python:1 -c {GREEDY}",),
        undo=(GONE.format(name="hungry"),),
    ),
)
