"""Smoke: every part of the target does once what its contract promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checks.probes import SMOKE, WRITING

if TYPE_CHECKING:
    from checks.reading import Probe
    from checks.target import Target


def _named(probe: Probe) -> str:
    return probe.name.replace(" ", "-")


def _judge(probe: Probe, target: Target) -> None:
    __tracebackhide__ = True
    reading = probe(target)
    if reading.ok is None:
        pytest.skip(str(reading))
    if not reading.ok:
        pytest.fail(str(reading), pytrace=False)


@pytest.mark.parametrize("probe", SMOKE, ids=_named)
def test_part(probe: Probe, target: Target) -> None:
    """The part answers as the contract promises, content included."""
    _judge(probe, target)


@pytest.mark.writes
@pytest.mark.parametrize("probe", WRITING, ids=_named)
def test_use(probe: Probe, target: Target) -> None:
    """A student gets from a schedule to a calendar within the promised time."""
    _judge(probe, target)
