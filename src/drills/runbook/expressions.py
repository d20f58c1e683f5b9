"""The PromQL behind each quantity: what is measured, over which series, and when there is nothing to say."""

from __future__ import annotations

from drills.runbook.model import Quantity

EVALUATION_MS = 500
# Quantities counted over a window; the others are gauges.
RATES = (Quantity.ERROR_RATE, Quantity.RESPONSE_TIME_P95, Quantity.AUTHENTICATION)
PROBED_JOBS = ("backend", "pdf-worker")
# GET /health through the gateway, as a user would: what a process that merely answers its scrapes cannot tell.
FRONT_DOOR = "front-door"
# What monitoring itself asks is nobody's traffic: with it, "no traffic at all" would look like "no errors".
TRAFFIC = 'route!~"/metrics|/health.*"'
# Checks are refused on purpose, every five minutes, and say so; where nobody counts them apart, this is all traffic.
NO_CHECK = 'synthetic=""'
AUTH = f'route=~"/api/auth.*",{NO_CHECK}'
# Refused for reasons that a user with valid credentials should never meet; here a plain 401 only says "sign in".
AUTH_REFUSED = f'{AUTH},status=~"403|429|5.."'
CALLBACK_REFUSED = f'route=~"/api/auth.*/callback",{NO_CHECK},status=~"400|401"'
# The front end asks for what is a student's own only when they signed in: there a 401 is a session that was refused.
SESSION_REFUSED = f'route!~"/api/auth.*",{NO_CHECK},status="401"'
REQUESTS = "http_request_duration_seconds"


def expression(quantity: Quantity, window: str) -> str:
    """Return the PromQL of *quantity* over *window*; it has no value where nothing was measured."""
    return {
        Quantity.ERROR_RATE: _error_rate,
        Quantity.RESPONSE_TIME_P95: _response_time_p95,
        Quantity.RESOURCE_UTILIZATION: _resource_utilization,
        Quantity.QUEUE_DEPTH: _queue_depth,
        Quantity.CONNECTION_POOL: _connection_pool,
        Quantity.HEALTH: _health,
        Quantity.AUTHENTICATION: _authentication,
    }[quantity](window)


def _error_rate(window: str) -> str:
    answers = f"sum(rate({REQUESTS}_count{{{TRAFFIC}}}[{window}]))"
    errors = f'sum(rate({REQUESTS}_count{{{TRAFFIC},status=~"5.."}}[{window}]))'
    # A status never answered has no series: 0 is then right, but only where there were answers.
    return f"({errors} or {answers} * 0) / ({answers} > 0)"


def _response_time_p95(window: str) -> str:
    buckets = f"sum by (le) (rate({REQUESTS}_bucket{{{TRAFFIC}}}[{window}]))"
    # Without observations the quantile is NaN; the comparison drops it.
    return f"histogram_quantile(0.95, {buckets}) >= 0"


def _resource_utilization(_: str) -> str:
    return highest_share("container_(cpu|memory)_share|engine_disk_share|redis_memory_share")


def highest_share(names: str) -> str:
    """Return the PromQL of the highest share (1 is all of it) among the series whose names match *names*."""
    return f'max({{__name__=~"{names}"}} >= 0)'


def _queue_depth(_: str) -> str:
    # The comparison drops NaN, which says that the queue could not be read.
    return "max(queue_jobs_waiting >= 0)"


def _connection_pool(_: str) -> str:
    return 'max(sum by (instance) (database_connections{state=~"active|idle in transaction"}) >= 0)'


def _health(_: str) -> str:
    absent = " or ".join(f'absent(up{{job="{job}"}}) - 1' for job in PROBED_JOBS)
    # A service is up while one of its replicas is; one that left discovery altogether counts as down. The front door
    # counts where a stack has somebody who knocks at it; if that one is gone, nobody knows, and that is not health.
    jobs = "|".join((*PROBED_JOBS, FRONT_DOOR))
    return f'min(max by (job) (up{{job=~"{jobs}"}}) or {absent} or probe_success{{job="{FRONT_DOOR}"}})'


def _authentication(window: str) -> str:
    refused = " or ".join(_happened(each, window) for each in (AUTH_REFUSED, CALLBACK_REFUSED, SESSION_REFUSED))
    attempts = f"sum({_happened(AUTH, window)}) > 0"
    return f"(sum({refused}) or ({attempts}) * 0) and ({attempts})"


def _happened(selector: str, window: str) -> str:
    """Count events: a series that began in the window counts whole, since a rate misses its first event."""
    series = f"{REQUESTS}_count{{{selector}}}"
    return f"({series} unless {series} offset {window}) or round(increase({series}[{window}]))"


def series(quantity: Quantity) -> str:
    """Name the recorded series of *quantity*: what an alert compares, and what a drill watches."""
    return f"runbook:{quantity.value}"


def duration(seconds: float) -> str:
    """Return seconds as Prometheus writes a duration, in whole milliseconds, at least one."""
    return f"{max(1, round(seconds * 1000))}ms"
