"""The options of checks and drills. Every run of pytest on a machine with this package loads this module.

So it imports next to nothing, and a run that has nothing to do with drills is left as it is.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

TIME_SCALE = 60.0
ARMS = ("documented", "original", "placebo", "all")
TABLE = b"[tool.drills"
OWN_OPTIONS = ("--runbook", "--cause")
"""Options that mean drills where no pyproject.toml has the table; the others have names that many projects use."""
ARM = "which arm to run (default all that the row has); a solution without its placebo is UNPROVEN"
CAUSE = "drill only this cause, or all of an incident (5), or several (5.1,6.1); may be given again"
CONCERNED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Register the options where the run is about drills: elsewhere a project may have its own of these names."""
    config: pytest.Config = pluginmanager.getplugin("pytestconfig")
    config.stash[CONCERNED] = _has_table(config.rootpath) or _has_option(config)
    if config.stash[CONCERNED]:
        _add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Refuse bad input before anything is started, and load the parts of the plugin that this run needs."""
    if config.stash[CONCERNED]:
        from drills.plugin import session  # noqa: PLC0415 - other runs need not wait for all that it imports

        session.begin(config)


def _has_table(folder: Path) -> bool:
    """Whether a pyproject.toml at or above *folder* may have the table; the settings read it properly."""
    for path in (folder, *folder.parents):
        try:
            if TABLE in (path / "pyproject.toml").read_bytes():
                return True
        except OSError:
            continue
    return False


def _has_option(config: pytest.Config) -> bool:
    variable = shlex.split(os.environ.get("PYTEST_ADDOPTS", ""))
    given = (*config.invocation_params.args, *config.getini("addopts"), *variable)
    return any(str(argument).partition("=")[0] in OWN_OPTIONS for argument in given)


def _add_options(parser: pytest.Parser) -> None:
    group = parser.getgroup("drills", "checks and drills of a runbook")
    add = group.addoption
    add("--target", help="system to check: a name in targets.toml, a URL, a TOML file, or 'sandbox' for the own stack")
    add("--runbook", type=Path, help="the runbook to prove (Markdown)")
    add("--stack", type=Path, help="descriptor (TOML) of the stack to drill")
    add("--cause", action="append", default=[], metavar="N.M", help=CAUSE)
    add("--arm", choices=ARMS, default="all", help=ARM)
    add("--shard", metavar="K/N", help="hold only this part of the chosen drills, such as 2/4, split by their length")
    add(
        "--time-scale",
        type=float,
        default=TIME_SCALE,
        help="divide every window by this; 1 is real (default %(default)s)",
    )
    add(
        "--editions",
        metavar="ablation|FILE",
        help="instead of the drills, hold each solution without one of its lines, or wrong solutions from TOML",
    )
    add(
        "--full-placebo",
        action="store_true",
        help="watch doing nothing for the whole documented time, which takes hours for all causes (default: five times "
        "the time of the solution, a minute at least)",
    )
    add("--seed", type=int, metavar="N", help="make the random draws of the run that printed this seed (default: any)")
    add("--keep", action="store_true", help="leave the sandbox running at the end and print how to enter it")
    add("--webhook", metavar="URL", help="notify this Slack-compatible address when a run of checks is not green")
    add("--output", metavar="DIR", help="folder for records and reports (default: `output` in [tool.drills])")
