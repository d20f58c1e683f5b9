"""The checks of a suite in order, each with what it stands on: one part that is down is one finding, not thirty."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from drills.checks import REGISTER, health, metrics

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from drills.checks import Check, CheckContext, CheckResult


FOUNDATION: Final = {
    "postgres_dsn": "postgres",
    "redis_url": "redis",
    "prometheus_url": "prometheus",
    "alertmanager_url": "alertmanager",
}
"""The check without which nothing can be said of what stands behind an address."""


class Catalogue:
    """All checks that are registered when it is made; *stands_on* says what a check needs beyond its address."""

    def __init__(self, stands_on: Mapping[str, tuple[str, ...]], foundation: Mapping[str, str]) -> None:
        self.all: tuple[Check, ...] = ordered(REGISTER, stands_on, foundation)

    def essentials(self, context: CheckContext) -> list[CheckResult]:
        """Check every part of the system once; which checks that takes, each says itself."""
        return [one(context) for one in self.all if one.essential]


def register_common() -> None:
    """Register the checks of parts that any system may have; a second time does nothing."""
    for package in (health, metrics):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)


def common_checks() -> Catalogue:
    """Return the checks of parts that any system may have."""
    register_common()
    return Catalogue({}, FOUNDATION)


def ordered(
    known: Mapping[str, Check], stands_on: Mapping[str, tuple[str, ...]], foundation: Mapping[str, str]
) -> tuple[Check, ...]:
    """Return the checks with what they stand on, none before one that it depends on; the order is always the same.

    *foundation* names, for an address, the check without which nothing can be said of what stands behind it;
    *stands_on* names, for a check, what has to pass where that is not the whole story. Raises ValueError for a circle.
    """
    standing = {name: replace(one, after=_after(one, known, stands_on, foundation)) for name, one in known.items()}
    return tuple(standing[name] for name in dict.fromkeys(_in_turn(list(standing), standing, ())))


def _after(
    check: Check,
    known: Mapping[str, Check],
    stands_on: Mapping[str, tuple[str, ...]],
    foundation: Mapping[str, str],
) -> tuple[str, ...]:
    named = tuple(foundation[need] for need in check.needs if need in foundation)
    below = stands_on.get(check.name, named)
    found = dict.fromkeys((*below, *check.after))
    return tuple(name for name in found if name in known and name != check.name)


def _in_turn(names: list[str], checks: Mapping[str, Check], above: tuple[str, ...]) -> Iterator[str]:
    """Yield each name after all that it depends on; raises ValueError for a circle."""
    for name in names:
        if name in above:
            raise ValueError(f"checks depend on each other: {' → '.join((*above, name))}")
        yield from _in_turn(list(checks[name].after), checks, (*above, name))
        yield name
