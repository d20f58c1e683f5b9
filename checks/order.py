"""What each probe stands on: where one part is down, its checks are told as one finding, not as thirty."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from checks.probe import Probe

FOUNDATION: Final = {
    "front_url": "gateway health",
    "backend_url": "backend health",
    "worker_url": "worker health",
    "prometheus_url": "prometheus",
    "alertmanager_url": "alertmanager",
}
"""The probe without which nothing can be said of what stands behind an address."""
STORES: Final = ("postgres", "redis", "object store")
WRITES: Final = ("postgres write", "redis write", "object write", "worker health", "workers")
STANDS_ON: Final = {
    "front page": (),
    "name of the front door": (),
    "backend health": STORES,
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
"""Where that is not the whole story: what these need to pass, whatever their addresses are."""


def ordered(register: Mapping[str, Probe]) -> tuple[Probe, ...]:
    """Return the probes with what they stand on, none before one that it depends on; the order is always the same."""
    standing = {name: replace(one, after=_after(one, register)) for name, one in register.items()}
    return tuple(standing[name] for name in dict.fromkeys(_in_turn(list(standing), standing, ())))


def _after(probe: Probe, register: Mapping[str, Probe]) -> tuple[str, ...]:
    named = [FOUNDATION[need] for need in probe.needs if need in FOUNDATION]
    below = STANDS_ON.get(probe.name, named)
    found = dict.fromkeys((*below, *probe.after))
    return tuple(name for name in found if name in register and name != probe.name)


def _in_turn(names: list[str], probes: Mapping[str, Probe], above: tuple[str, ...]) -> Iterator[str]:
    """Yield each name after all that it depends on; raises ValueError for a circle."""
    for name in names:
        if name in above:
            raise ValueError(f"checks depend on each other: {' → '.join((*above, name))}")
        yield from _in_turn(list(probes[name].after), probes, (*above, name))
        yield name
