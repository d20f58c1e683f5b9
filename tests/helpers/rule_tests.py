"""Unit tests of the reference stack's rules for promtool: silent just under a threshold, firing just over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.runbook.expressions import EVALUATION_MS, duration
from drills.runbook.model import Quantity
from drills.runbook.rules import quoted

if TYPE_CHECKING:
    from drills.common.threshold import Threshold
    from drills.runbook.model import Incident, Runbook

REQUESTS = "http_request_duration_seconds"
PROBED_JOBS = ("backend", "pdf-worker")
FRONT_DOOR = "front-door"

STEP_S = EVALUATION_MS / 1000
SETTLE_S = 20 * STEP_S
NOTICED_S = 2 * STEP_S  # two samples: the least that a rate needs
ANSWERS_A_STEP = 100_000
STEPS = 10
REFUSED_SESSIONS = 3
RESOURCES = ("container_cpu_share", "container_memory_share", "engine_disk_share", "redis_memory_share")
FULL = 0.9
NEARLY = 0.001  # how far beside the threshold "just" is, as a share of it
RULES_FILE = "rules.yml"

Series = list[tuple[str, str]]


def unit_tests(runbook: Runbook, time_scale: float) -> str:
    """Return promtool's tests (YAML) of the rules rendered for *time_scale*, to lie beside them as `rules.yml`."""
    lines = [f"rule_files: [{RULES_FILE}]", f"evaluation_interval: {EVALUATION_MS}ms", "tests:"]
    for incident in runbook.incidents:
        window_s = (incident.alert.window_s or 0.0) / time_scale
        lines += _silent(incident, window_s)
        lines += _fires(incident, window_s)
    quantities = {incident.alert.quantity for incident in runbook.incidents}
    if Quantity.ERROR_RATE in quantities:
        lines += _no_traffic() + _no_errors()
    if Quantity.AUTHENTICATION in quantities:
        lines += _sessions_refused() + _checks_refused()
    if Quantity.HEALTH in quantities:
        lines += _closed_door() + _no_prober()
    if Quantity.RESOURCE_UTILIZATION in quantities:
        lines += _fullest_resource()
    return "\n".join(lines) + "\n"


def _no_traffic() -> list[str]:
    """Only monitoring sends requests: there is no error rate, and it is not 0."""
    return _recorded("no traffic", Quantity.ERROR_RATE, [(_count("/metrics", 200), f"0+1x{STEPS}")], None)


def _no_errors() -> list[str]:
    """Answers, and no series for 5xx yet: the error rate is 0."""
    return _recorded("no errors", Quantity.ERROR_RATE, [(_count("/api/upload", 201), f"0+1x{STEPS}")], 0)


def _sessions_refused() -> list[str]:
    """Students may sign in, and their sessions are refused: each 401 counts, but not that of the sign-in status."""
    asked = [(_count("/api/auth/google", 302), f"0+1x{STEPS}"), (_count("/api/auth/status", 401), f"1x{STEPS}")]
    refused = (_count("/api/calendars", 401), f"{REFUSED_SESSIONS}x{STEPS}")
    return _recorded("sessions refused", Quantity.AUTHENTICATION, [*asked, refused], REFUSED_SESSIONS)


def _checks_refused() -> list[str]:
    """Students may sign in, and checks were refused on purpose: no sign-in failed."""
    asked = [(_count("/api/auth/google", 302), f"0+1x{STEPS}")]
    refused = [
        (_count(route, 401, "true"), f"{REFUSED_SESSIONS}x{STEPS}") for route in ("/api/calendars", "/api/auth/x")
    ]
    return _recorded("checks refused", Quantity.AUTHENTICATION, [*asked, *refused], 0)


def _closed_door() -> list[str]:
    """Every process answers its scrapes, and no user gets through: the service is down."""
    closed = (f'probe_success{{job="{FRONT_DOOR}"}}', f"0x{STEPS}")
    return _recorded("closed door", Quantity.HEALTH, [*_services(1, STEPS), closed], 0)


def _no_prober() -> list[str]:
    """Without the prober, a part of health is not measured, and no data does not count as health."""
    gone = (f'up{{job="{FRONT_DOOR}"}}', f"0x{STEPS}")
    return _recorded("no prober", Quantity.HEALTH, [*_services(1, STEPS), gone], 0)


def _fullest_resource() -> list[str]:
    """Of all shares the largest counts, whichever resource it is of."""
    lines: list[str] = []
    for fullest in RESOURCES:
        series = [(name, f"{FULL if name == fullest else FULL / 2:g}x{STEPS}") for name in RESOURCES]
        lines += _recorded(f"{fullest} is full", Quantity.RESOURCE_UTILIZATION, series, FULL)
    return lines


def _recorded(name: str, quantity: Quantity, series: Series, value: float | None) -> list[str]:
    record = f"runbook:{quantity}"
    samples = "[]" if value is None else f"[{{labels: {quoted(record)}, value: {value:g}}}]"
    return [
        *_input(name, series),
        f"      - expr: {quoted(record)}",
        f"        eval_time: {duration(NOTICED_S)}",
        f"        exp_samples: {samples}",
    ]


def _silent(incident: Incident, window_s: float) -> list[str]:
    # Without a window the first samples must be silent already: a counted event leaves the rate's window again.
    at = duration(window_s + 2 * SETTLE_S if window_s else NOTICED_S)
    return [*_test(incident, "just inside", window_s, over=False), *_expect(incident, at, None)]


def _fires(incident: Incident, window_s: float) -> list[str]:
    lines = _test(incident, "just over", window_s, over=True)
    if not window_s:
        return [*lines, *_expect(incident, duration(NOTICED_S), "firing")]
    lines += _expect(incident, duration(max(NOTICED_S, window_s / 2)), "pending")
    return [*lines, *_expect(incident, duration(window_s + SETTLE_S), "firing")]


def _test(incident: Incident, which: str, window_s: float, *, over: bool) -> list[str]:
    steps = round((window_s + 2 * SETTLE_S) / STEP_S) + 1
    quantity, threshold = incident.alert.quantity, incident.alert.threshold
    series = _series(quantity, beside(threshold, quantity, over=over), steps)
    return _input(f"{incident.alert.name}, {which} {threshold.text}", series)


def _input(name: str, series: Series) -> list[str]:
    lines = [f"  - name: {quoted(name)}", f"    interval: {EVALUATION_MS}ms", "    input_series:"]
    for labels, values in series:
        lines += [f"      - series: {quoted(labels)}", f"        values: {quoted(values)}"]
    return [*lines, "    promql_expr_test:"]


def _expect(incident: Incident, at: str, state: str | None) -> list[str]:
    name = incident.alert.name
    lines = [f"      - expr: {quoted(f'ALERTS{{alertname={quoted(name)}}}')}", f"        eval_time: {at}"]
    if state is None:
        return [*lines, "        exp_samples: []"]
    labels = {"alertname": name, "alertstate": state, "incident": str(incident.id)}
    shown = ",".join(f"{label}={quoted(value)}" for label, value in labels.items())
    return [*lines, "        exp_samples:", f"          - {{labels: {quoted(f'ALERTS{{{shown}}}')}, value: 1}}"]


def beside(threshold: Threshold, quantity: Quantity, *, over: bool) -> float:
    """Return a value (base unit) at the threshold's edge: one that meets it (*over*), or only just does not."""
    counts = (Quantity.QUEUE_DEPTH, Quantity.CONNECTION_POOL, Quantity.HEALTH, Quantity.AUTHENTICATION)
    step = 1.0 if quantity in counts else threshold.value * NEARLY
    toward = step if threshold.op in (">", ">=") else -step
    # With `>` the threshold itself is still inside, with `>=` it is over.
    if over:
        return threshold.value + (0.0 if "=" in threshold.op else toward)
    return threshold.value - (toward if "=" in threshold.op or quantity not in counts else 0.0)


def _series(quantity: Quantity, value: float, steps: int) -> Series:
    return {
        Quantity.ERROR_RATE: _answers,
        Quantity.RESPONSE_TIME_P95: _durations,
        Quantity.RESOURCE_UTILIZATION: _containers,
        Quantity.QUEUE_DEPTH: _queue,
        Quantity.CONNECTION_POOL: _connections,
        Quantity.HEALTH: _services,
        Quantity.AUTHENTICATION: _sign_ins,
    }[quantity](value, steps)


def _count(route: str, status: int, synthetic: str = "") -> str:
    labels = f'job="backend",instance="b1",method="GET",route="{route}",status="{status}",synthetic="{synthetic}"'
    return f"{REQUESTS}_count{{{labels}}}"


def _answers(share: float, steps: int) -> Series:
    errors = round(share * ANSWERS_A_STEP)
    return [
        (_count("/api/upload", 503), f"0+{errors}x{steps}"),
        (_count("/api/upload", 201), f"0+{ANSWERS_A_STEP - errors}x{steps}"),
        # Monitoring's own requests must not lower the error rate.
        (_count("/metrics", 200), f"0+{ANSWERS_A_STEP}x{steps}"),
    ]


def _durations(seconds: float, steps: int) -> Series:
    # Evenly spread between nothing and this bound, 95 % are below *seconds*.
    bound = seconds / 0.95
    labels = 'job="backend",instance="b1",method="GET",route="/api/jobs/:id",status="200"'
    return [
        (f'{REQUESTS}_bucket{{{labels},le="{le}"}}', f"0+{ANSWERS_A_STEP}x{steps}") for le in (f"{bound:.9g}", "+Inf")
    ]


def _containers(share: float, steps: int) -> Series:
    return [
        ('container_cpu_share{name="backend"}', f"{share / 2:.9g}x{steps}"),
        ('container_memory_share{name="pdf-worker"}', f"{share:.9g}x{steps}"),
    ]


def _queue(jobs: float, steps: int) -> Series:
    return [(f'queue_jobs_waiting{{queue="pdf-processing",instance="b{n}"}}', f"{jobs:g}x{steps}") for n in (1, 2)]


def _connections(connections: float, steps: int) -> Series:
    active = connections // 2
    states = {"active": active, "idle in transaction": connections - active, "idle": 0, "total": connections}
    return [
        (f'database_connections{{instance="b1",state="{state}"}}', f"{count:g}x{steps}")
        for state, count in states.items()
    ]


def _services(up: float, steps: int) -> Series:
    return [(f'up{{job="{job}",instance="{job}-1"}}', f"{max(up, 0):g}x{steps}") for job in PROBED_JOBS]


def _sign_ins(failures: float, steps: int) -> Series:
    # The refusals' series is born with its first refusal, as a real counter's is.
    return [
        (_count("/api/auth/google", 302), f"0+1x{steps}"),
        (_count("/api/auth/google", 502), f"{failures:g}x{steps}"),
    ]
