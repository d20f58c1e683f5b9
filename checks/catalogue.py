"""All checks of this system, in their order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pytest

from checks.health import backend_queue, composed, database_down, exposed_metrics, services
from checks.journeys import flows, large_schedules
from checks.smoke import (
    api,
    calendar,
    counted,
    front_page,
    headers,
    kinds,
    limits,
    quota,
    refused_uploads,
    session,
    sign_in,
    upload,
    worker,
)
from checks.smoke.access import calendars, callback, other_door, rights, sessions
from checks.smoke.endings import attempts, files, keys, worker_death
from checks.smoke.limited import addresses, failed_sign_ins, requests
from checks.smoke.replicas import configured, serving
from drills.checks import REGISTER
from drills.checks.catalogue import FOUNDATION as FOUNDATION_OF_PARTS
from drills.checks.catalogue import PAGE, Catalogue, register_common

if TYPE_CHECKING:
    from drills.checks import Check, CheckSuite

# Importing a module registers its checks.
MODULES = (
    services,
    exposed_metrics,
    backend_queue,
    upload,
    front_page,
    session,
    sign_in,
    api,
    refused_uploads,
    calendar,
    limits,
    headers,
    worker,
    kinds,
    counted,
    rights,
    calendars,
    sessions,
    callback,
    other_door,
    addresses,
    requests,
    failed_sign_ins,
    configured,
    serving,
    attempts,
    files,
    keys,
    worker_death,
    quota,
    database_down,
    composed,
    flows,
    large_schedules,
)
FOUNDATION: Final = {
    PAGE: "front page",
    "front_url": "gateway health",
    "backend_url": "backend health",
    "worker_url": "worker health",
    **FOUNDATION_OF_PARTS,
}
"""The check that has to pass before any other check of the same address is tried."""
STORES: Final = ("postgres", "redis", "object store")
WRITES: Final = ("postgres write", "redis write", "object write", "worker health", "workers")
HEALTH: Final = ("backend health", "gateway health")
TLS: Final = ("certificate", "certificate expiry", "old TLS", "strict transport")
STANDS_ON: Final = {
    "front page": (),
    **dict.fromkeys(TLS, ("front page",)),
    "name of the front door": (),
    "backend health": (),
    "gateway health": ("front page", "backend health"),
    "journey": ("gateway health", *WRITES),
    "test schedule": ("gateway health", *WRITES),
    "exam schedule": ("gateway health", *WRITES),
    "two hundred events": ("gateway health", *WRITES),
    "same file twice": ("gateway health", *WRITES),
    "errors are counted": ("backend health", "backend metrics"),
    "jobs are counted": ("worker health", "worker metrics"),
    "forged sign-in": ("gateway health", "redis write"),
    "rate limit headers": ("gateway health", "redis write"),
    "upload limit": ("gateway health", "redis write"),
    "sign-in": ("gateway health", "postgres write", "redis write", "identity provider", "way to the identity provider"),
}
"""The checks that these depend on, whatever their addresses are."""

CLAUSES_OF_PARTS: Final = {
    "name of the front door": ("FD-02",),
    "certificate": ("FD-08",),
    "certificate expiry": ("FD-08",),
    "old TLS": ("FD-09",),
    "postgres": ("ST-01",),
    "postgres rights": ("ST-02",),
    "postgres write": ("ST-03",),
    "postgres connections": ("ST-04",),
    "postgres pool": ("ST-05",),
    "idle transactions": ("ST-06",),
    "long queries": ("ST-06",),
    "postgres locks": ("ST-06",),
    "redis": ("ST-07",),
    "redis write": ("ST-07",),
    "redis policy": ("ST-08",),
    "redis memory": ("ST-09",),
    "redis persistence": ("ST-10",),
    "session keys": ("SE-02",),
    "object store": ("ST-11",),
    "object bucket": ("ST-11",),
    "object write": ("ST-12",),
    "queue keys": ("QU-01",),
    "workers": ("QU-02",),
    "oldest job": ("QU-04",),
    "stalled jobs": ("QU-05",),
    "prometheus": ("MO-01",),
    "prometheus targets": ("MO-01",),
    "prometheus rules": ("MO-02",),
    "runbook alerts": ("MO-02",),
    "quiet alerts": ("MO-03",),
    "alertmanager alerts": ("MO-03",),
    "alert delivery": ("MO-04",),
    "alertmanager": ("MO-04",),
    "grafana": ("MO-05",),
    "grafana dashboards": ("MO-05",),
    "error rate": ("MO-06",),
    "response time p95": ("MO-06",),
    "queue depth": ("MO-06",),
    "database connections": ("MO-06",),
    "cpu usage": ("MO-06",),
    "memory usage": ("MO-06",),
    "containers running": ("OP-01",),
    "containers healthy": ("OP-02",),
    "containers memory": ("OP-03",),
}
"""The clauses of docs/contract.md that the engine's own checks hold; those of this suite name theirs themselves."""

WITHOUT_STORES: Final = ("front page", "name of the front door", *TLS, *HEALTH)
"""What says something of the system while its stores are down."""


def _with_stores(check: Check) -> tuple[str, ...]:
    """Return what a check of the API depends on: its address, and the stores behind it."""
    named = STANDS_ON.get(check.name) or tuple(FOUNDATION[need] for need in check.needs if need in FOUNDATION)
    return (*named, *STORES)


def _of_api(check: Check) -> bool:
    return bool({"front_url", "backend_url"} & set(check.needs)) and check.name not in WITHOUT_STORES


TO_THE_LETTER: Final = (
    # exact fields, states of a gauge, buckets
    "database health",
    "connection gauges",
    "latency buckets",
    "parsing on request",
    "refused parsing",
    "one page too many",
    "user with a session",
    # bodies, columns and names of keys that other systems choose for themselves
    "own calendar",
    "calendar of another account",
    "event in another calendar",
    "storage quota",
    "result of a waiting job",
    "attempts of a job",
    "keys that end",
    # what is refused, and where a sign-in may begin, where the contract goes further than others
    "impossible events",
    "unreadable client address",
    "sign-in at the backend",
    # what a sign-in that succeeds does to the failures before it is left to each system
    "forgotten failures",
)
"""What only systems promise that keep the contract to the letter; checks of both levels ask `to_the_letter`."""


def _of_this_suite(check: Check) -> bool:
    """Whether a check was written here, and not for the parts that any system may have."""
    function = check.function.func if isinstance(check.function, partial) else check.function
    return not function.__module__.startswith("drills.")


register_common()
OF_THIS_SUITE: Final = tuple(name for name, one in REGISTER.items() if _of_this_suite(one))
"""What assumes routes, names or keys of this system, and is asked only of targets that say which contract they keep."""
CATALOGUE = Catalogue(
    {**STANDS_ON, **{name: _with_stores(check) for name, check in REGISTER.items() if _of_api(check)}},
    FOUNDATION,
    CLAUSES_OF_PARTS,
    contract_levels=dict.fromkeys(OF_THIS_SUITE, 1) | dict.fromkeys(TO_THE_LETTER, 2),
)
ALL = CATALOGUE.all


def params_of(suite: CheckSuite) -> list[Any]:
    """Return the checks of one suite as parameters of a test, named, and marked where they leave something behind."""
    return [pytest.param(one, id=one.name.replace(" ", "-"), marks=_marks(one)) for one in ALL if one.suite is suite]


def _marks(one: Check) -> list[pytest.MarkDecorator]:
    marks = {"writes": one.writes, "disruptive": one.disruptive}
    return [getattr(pytest.mark, name) for name, wanted in marks.items() if wanted]
