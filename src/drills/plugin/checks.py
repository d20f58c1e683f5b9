"""Run the checks that a pytest run asks for, all at once, and give each test its result."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from drills.checks.artifacts import Artifacts
from drills.checks.browser.browser import JOURNEYS, Browser, folder_of
from drills.checks.cleanup.cleanup import notes_of
from drills.checks.context import CheckContext
from drills.checks.definition import OF_TARGET, Check, CheckSuite
from drills.checks.health.alerts import alertmanager_alerts, quiet_alerts
from drills.checks.health.endpoints.made import no_endpoints
from drills.checks.health.monitoring import prometheus_targets
from drills.checks.runner import END_S, CheckRunner
from drills.common.waiting import wait_until
from drills.plugin.check_labels import label
from drills.plugin.check_outcomes import LEFT_OUT, CheckResults, Count, judge
from drills.plugin.check_recorder import JUNIT, Recorder
from drills.plugin.journey_evidence import attach
from drills.plugin.state import (
    CHECKS_LEFT,
    RUNBOOK,
    SANDBOX,
    SETTINGS,
    TARGET,
    expressions_of,
    folders_of,
    suite_of,
)
from drills.plugin.time_limits import limited

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drills.checks.target import Target

TALKATIVE = ("httpx", "httpcore", "urllib3")
"""They log whole addresses and headers, passwords included, when pytest's log is turned up."""
MONITORING = (prometheus_targets, quiet_alerts, alertmanager_alerts)
CALM_S = 60.0
SLOW = "slow"
ENDPOINT = "endpoint"
"""The parameter of a test by which it asks for the endpoints of the target, one after the other."""
CHECK_S = 600.0
"""The longest check, a generated document that is waited for, takes a tenth of this on a busy machine."""
RECORDER = pytest.StashKey[Recorder]()


def pytest_configure(config: pytest.Config) -> None:
    """Register the plugins that collect the results, and the one that records them at the end."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    check_results = CheckResults()
    here = config.stash[SETTINGS].checks
    alone = folders_of(config) == {here}
    config.stash[RECORDER] = Recorder(
        config, config.stash[RUNBOOK], check_results, config.stash.get(TARGET, None), alone=alone
    )
    if alone and hasattr(config.option, "dist"):
        config.option.dist = "no"  # all checks run at once, in one runner: each worker would run them anew
    config.pluginmanager.register(check_results, "checks-results")
    config.pluginmanager.register(Count(here), "checks-count")
    config.pluginmanager.register(config.stash[RECORDER], "checks-recorder")
    if alone and config.option.xmlpath is None:
        config.option.xmlpath = str(config.option.output / JUNIT)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that runs a check on `endpoint` each one of the target, or the reason why there is none.

    Any other test may have a parameter of that name.
    """
    if {ENDPOINT, "run_check"} <= set(metafunc.fixturenames):
        checks = tuple(OF_TARGET.values()) or (no_endpoints(),)
        metafunc.parametrize(ENDPOINT, checks, ids=[one.name.replace(" ", "-") for one in checks])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give each check a limit behind those of its own requests, and leave out slow ones unless -m names them."""
    if SLOW not in config.option.markexpr:
        slow = [item for item in items if item.get_closest_marker(SLOW)]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]
    for item in items:
        if "run_check" in getattr(item, "fixturenames", ()) and limited(config, item):
            item.add_marker(pytest.mark.timeout(CHECK_S, func_only=True))


@pytest.fixture(scope="session")
def context(request: pytest.FixtureRequest, target: Target) -> CheckContext:
    """Give the checks the target that --target names and the runbook that --runbook names.

    What an earlier run could not remove is removed first. A sandbox is removed as a whole, so nothing is noted there.
    """
    config = request.config
    output, recorder = config.option.output, config.stash[RECORDER]
    if config.option.target == SANDBOX:
        booted = CheckContext(
            target,
            config.stash[RUNBOOK],
            Artifacts(),
            expressions=expressions_of(config),
            time_scale=config.option.time_scale,
        )
        await_calm(booted)
        return booted
    recorder.notes += suite_of(config).cleanup.clear_left_over(output, target)
    recorder.context = CheckContext(
        target, config.stash[RUNBOOK], notes_of(output, target), expressions=expressions_of(config)
    )
    return recorder.context


def await_calm(context: CheckContext) -> None:
    """Wait until the checks of the monitoring pass: after the boot, its windows still contain failed scrapes."""
    wait_until(
        lambda: [str(check_result) for check_result in (check(context) for check in MONITORING) if not check_result.ok],
        done=lambda troubled: not troubled,
        deadline_s=CALM_S,
        expected="every target up and no alert firing",
        where=context.target.front_url,
        next_step="open /targets and /alerts on Prometheus, and read its log",
    )


@pytest.fixture(scope="session")
def runner(request: pytest.FixtureRequest, context: CheckContext) -> Iterator[CheckRunner]:
    """Run every check that this run asks for, at once."""
    asked = _asked_for(request.session.items)
    of_suite = {check.name: check for check in suite_of(request.config).checks().all if check.name in asked}
    browser = Browser(request.config.option.output / JOURNEYS)
    running = CheckRunner((of_suite | asked).values(), replace(context, browser=browser))
    request.config.stash[RECORDER].runner = running
    try:
        yield running
    finally:
        browser.close()  # first: otherwise the runner would wait for the end of the journeys
        running.close(END_S)


def _asked_for(items: list[pytest.Item]) -> dict[str, Check]:
    """Return the checks that are parameters of these tests, by their names."""
    specs = [spec for item in items if (spec := getattr(item, "callspec", None))]
    return {value.name: value for spec in specs for value in spec.params.values() if isinstance(value, Check)}


@pytest.fixture
def run_check(request: pytest.FixtureRequest, context: CheckContext, runner: CheckRunner) -> Callable[[Check], None]:
    """Judge a check by its result in this run."""

    def run(check: Check) -> None:
        __tracebackhide__ = True
        check_result = runner[check.name]
        if check_result.outcome not in LEFT_OUT:
            request.config.stash[CHECKS_LEFT].remove()
        label(check, check_result, context.runbook)
        if check.suite is CheckSuite.JOURNEY and check_result.ok is False:
            attach(request.config.option.output / JOURNEYS / folder_of(check.name))
        judge(check_result, request.node)

    return run
