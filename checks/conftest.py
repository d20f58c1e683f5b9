"""One survey of the target for all checks of a run, and what is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checks.probe import Probe
from checks.probes import ALL
from checks.room import Count, Readings, judge
from checks.survey import Survey
from checks.traces import Traces
from checks.visit import Visit
from conftest import BOOK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from checks.target import Target

READINGS = pytest.StashKey[Readings]()


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker, so that strict pytest knows it, and collect what is read."""
    config.addinivalue_line("markers", 'writes: leaves data behind in the target (leave out: -m "not writes")')
    config.stash[READINGS] = Readings()
    config.pluginmanager.register(config.stash[READINGS], "checks-readings")
    config.pluginmanager.register(Count(), "checks-count")


@pytest.fixture(scope="session")
def visit(request: pytest.FixtureRequest, target: Target) -> Visit:
    """Visit the target that --target names, by the runbook that --runbook names."""
    config = request.config
    return Visit(target, config.stash[BOOK], Traces(config.option.output / "traces.jsonl"))


@pytest.fixture(scope="session")
def survey(request: pytest.FixtureRequest, visit: Visit) -> Iterator[Survey]:
    """Look at everything that this run asks for, at once."""
    specs = [getattr(item, "callspec", None) for item in request.session.items]
    asked = {spec.params["probe"].name for spec in specs if spec and isinstance(spec.params.get("probe"), Probe)}
    running = Survey([one for one in ALL if one.name in asked], visit)
    try:
        yield running
    finally:
        running.close()


@pytest.fixture
def look(request: pytest.FixtureRequest, survey: Survey) -> Callable[[Probe], None]:
    """Judge a probe by its reading in the survey."""
    return lambda probe: judge(survey[probe.name], request.node)
