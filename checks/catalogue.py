"""All checks of this system, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from checks.health import backend_queue, exposed_metrics, services
from checks.journeys import flows
from checks.smoke import (
    api,
    calendar,
    counted,
    front_page,
    headers,
    limits,
    names,
    refused_uploads,
    session,
    sign_in,
    tls,
    upload,
    worker,
)
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
    tls,
    names,
    worker,
    counted,
    flows,
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
    "errors are counted": ("backend health", "backend metrics"),
    "jobs are counted": ("worker health", "worker metrics"),
    "forged sign-in": ("gateway health", "redis write"),
    "rate limit headers": ("gateway health", "redis write"),
    "upload limit": ("gateway health", "redis write"),
    "sign-in": ("gateway health", "postgres write", "redis write", "identity provider", "way to the identity provider"),
}
"""The checks that these depend on, whatever their addresses are."""

WITHOUT_STORES: Final = ("front page", "name of the front door", *TLS, *HEALTH)
"""What says something of the system while its stores are down."""


def _with_stores(check: Check) -> tuple[str, ...]:
    """Return what a check of the API depends on: its address, and the stores behind it."""
    named = STANDS_ON.get(check.name) or tuple(FOUNDATION[need] for need in check.needs if need in FOUNDATION)
    return (*named, *STORES)


def _of_api(check: Check) -> bool:
    return bool({"front_url", "backend_url"} & set(check.needs)) and check.name not in WITHOUT_STORES


TO_THE_LETTER: Final = (
    "error body",
    "record of a job",
    "database health",
    "connection gauges",
    "latency buckets",
    "parsing on request",
    "refused parsing",
)
"""What only systems promise that keep the contract to the letter: exact fields, states of a gauge, buckets."""

register_common()
CATALOGUE = Catalogue(
    {**STANDS_ON, **{name: _with_stores(check) for name, check in REGISTER.items() if _of_api(check)}},
    FOUNDATION,
    contracts=dict.fromkeys(TO_THE_LETTER, "reference"),
)
ALL = CATALOGUE.all


def params_of(suite: CheckSuite) -> list[Any]:
    """Return the checks of one suite as parameters of a test, named, and marked where they leave something behind."""
    return [
        pytest.param(one, id=one.name.replace(" ", "-"), marks=[pytest.mark.writes] if one.writes else [])
        for one in ALL
        if one.suite is suite
    ]
