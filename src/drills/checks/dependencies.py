"""What each probe stands on: where one part is down, its checks are told as one finding, not as thirty."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from drills.checks.definition import Check


def ordered(
    register: Mapping[str, Check], stands_on: Mapping[str, tuple[str, ...]], foundation: Mapping[str, str]
) -> tuple[Check, ...]:
    """Return the probes with what they stand on, none before one that it depends on; the order is always the same.

    *foundation* names, for an address, the check without which nothing can be said of what stands behind it;
    *stands_on* names, for a check, what has to pass where that is not the whole story.
    """
    standing = {
        name: replace(one, after=_after(one, register, stands_on, foundation)) for name, one in register.items()
    }
    return tuple(standing[name] for name in dict.fromkeys(_in_turn(list(standing), standing, ())))


def _after(
    check: Check,
    register: Mapping[str, Check],
    stands_on: Mapping[str, tuple[str, ...]],
    foundation: Mapping[str, str],
) -> tuple[str, ...]:
    named = tuple(foundation[need] for need in check.needs if need in foundation)
    below = stands_on.get(check.name, named)
    found = dict.fromkeys((*below, *check.after))
    return tuple(name for name in found if name in register and name != check.name)


def _in_turn(names: list[str], probes: Mapping[str, Check], above: tuple[str, ...]) -> Iterator[str]:
    """Yield each name after all that it depends on; raises ValueError for a circle."""
    for name in names:
        if name in above:
            raise ValueError(f"checks depend on each other: {' → '.join((*above, name))}")
        yield from _in_turn(list(probes[name].after), probes, (*above, name))
        yield name
