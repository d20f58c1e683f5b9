"""Order the checks of a suite, each with the checks it depends on: one part that is down is one finding, not thirty."""

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
"""For each address, the check that has to pass before the other checks of that address say anything."""


PAGE: Final = "page"
"""The address of the page, which other parts of the system may share."""


class Catalogue:
    """All checks that are registered when it is made; *stands_on* names the checks that a check depends on.

    *clauses* names, for a check of a part, the promises of the suite's contract that it holds.
    *contract_levels* are those of the checks that a target without a contract is not asked, by their names.
    """

    def __init__(
        self,
        stands_on: Mapping[str, tuple[str, ...]],
        foundation: Mapping[str, str],
        clauses: Mapping[str, tuple[str, ...]] | None = None,
        *,
        contract_levels: Mapping[str, int] | None = None,
    ) -> None:
        held, levels = clauses or {}, contract_levels or {}
        self.all: tuple[Check, ...] = tuple(
            replace(one, clauses=(*one.clauses, *held.get(one.name, ())), contract_level=levels.get(one.name, 0))
            for one in ordered(REGISTER, stands_on, foundation)
        )

    def essentials(self, context: CheckContext) -> list[CheckResult]:
        """Run every check that is marked as essential, which checks every part of the system once."""
        return [check(context) for check in self.all if check.essential]


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
    """Return the checks with what they depend on, none before one that it depends on; the order is always the same.

    *foundation* names, for an address, the check that has to pass before any other check of that address;
    *stands_on* names, for a check, the ones that have to pass instead of those. Raises ValueError for a circle.
    """
    standing = {name: _standing(check, known, stands_on, foundation) for name, check in known.items()}
    return tuple(standing[name] for name in dict.fromkeys(_in_turn(list(standing), standing, ())))


def _standing(
    check: Check,
    known: Mapping[str, Check],
    stands_on: Mapping[str, tuple[str, ...]],
    foundation: Mapping[str, str],
) -> Check:
    """Return the check with what it depends on: of the foundation of its own addresses an answer is enough.

    What the check itself names has to pass.
    """
    after = _after(check, known, stands_on, foundation)
    own = {name for need, name in foundation.items() if need in (*check.needs, PAGE)} - set(check.after)
    return replace(check, after=after, reaching=tuple(name for name in after if name in own))


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
        first = (*checks[name].after, *(each for each in checks[name].despite if each in checks))
        yield from _in_turn(list(first), checks, (*above, name))
        yield name
