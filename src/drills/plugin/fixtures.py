"""The fixtures that checks and drills share: a sandbox with the suite's stack, and the system under check."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, NoReturn

import pytest

from drills.common.screen import shown
from drills.plugin.state import DRILLS_LEFT, REFUSED, RUNBOOK, SANDBOX_POOL, TARGET, suite_of
from drills.sandbox.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drills.checks.target import Target
    from drills.drill.sandbox_pool import SandboxPool


@pytest.fixture(scope="session")
def sandbox_pool(request: pytest.FixtureRequest) -> Iterator[SandboxPool]:
    """Give the tests of this process a sandbox with the stack, booted on first use."""
    # A run that checks a system elsewhere every five minutes need not wait until all of the sandbox is imported.
    from drills.drill.sandbox_pool import Options, SandboxPool  # noqa: PLC0415

    config = request.config
    for key in ("runbook", "stack"):
        if getattr(config.option, key) is None:
            pytest.exit(f"drills need --{key} FILE, or `{key}` in [tool.drills] of pyproject.toml", returncode=4)
    options = Options(
        config.stash[RUNBOOK], config.option.stack, config.option.time_scale, config.option.keep, suite_of(config)
    )
    pool = SandboxPool(options, past_capture(config))
    config.stash[SANDBOX_POOL] = pool
    try:
        yield pool
    finally:
        pool.close()


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Target:
    """Give the checks the system that --target names."""
    from drills.checks.target import with_webhook  # noqa: PLC0415

    config = request.config
    if TARGET in config.stash:
        return config.stash[TARGET]
    try:
        pool: SandboxPool = request.getfixturevalue("sandbox_pool")
        pool.replace()  # Prometheus remembers for minutes what other tests did to the last one
        return with_webhook(pool.system().target, config.option.webhook)
    except SandboxError as error:
        no_sandbox(config, error)


def no_sandbox(config: pytest.Config, error: SandboxError) -> NoReturn:
    """End the run with one sentence; a worker of a parallel run has its controller refuse, when all tests have failed.

    Where a drill was judged already, the run goes on: what was given can be used.
    """
    if hasattr(config, "workerinput"):
        if not config.stash[DRILLS_LEFT].replaced():
            config.stash[REFUSED] = str(error)
        pytest.fail(str(error), pytrace=False)
    pytest.exit(str(error), returncode=pytest.ExitCode.USAGE_ERROR)


def past_capture(config: pytest.Config) -> Callable[[str], None]:
    """Return a function that prints for the person who watches, past pytest's capture and from any thread."""
    capture = config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled() if capture else nullcontext():
        terminal = os.dup(sys.stderr.fileno())

    def say(text: str) -> None:
        with suppress(OSError):  # a terminal that was closed must not keep the clean-up from going on
            os.write(terminal, f"{shown(text)}\n".encode())

    return say
