"""Give each drill and each check a time limit, behind all the limits of its own waits, and say whose drill it is.

pytest-timeout then interrupts the test as a failure would, so that the fault is undone and the stack healed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from drills.drill.time_limit import time_limit_s
from drills.plugin.state import DESCRIPTOR, RUNBOOK, SETTINGS
from drills.record.verdicts import Arm

if TYPE_CHECKING:
    from collections.abc import Mapping

PLUGIN: Final = "timeout"
BOOT_S: Final = 120.0
"""How long a sandbox may take to boot where no stack is described."""
CAUSE: Final = "drill"
OWNER: Final = "owner"


def limit(config: pytest.Config, drills: Mapping[pytest.Item, str]) -> None:
    """Mark the *drills* with cause, owner and time limit; a limit that the test or the command line has stays.

    The limit is that of the test's own code: to wait for a slot and to boot a sandbox have limits of their own.
    """
    owner = config.stash[SETTINGS].owner
    for item, cause in drills.items():
        item.user_properties += [(CAUSE, cause), *([(OWNER, owner)] if owner else [])]
        if limited(config, item):
            item.add_marker(pytest.mark.timeout(longest_s(config, cause), func_only=True))


def limited(config: pytest.Config, item: pytest.Item) -> bool:
    """Tell whether *item* may get a limit here: pytest-timeout is loaded, and nothing else has set one."""
    if not config.pluginmanager.hasplugin(PLUGIN) or config.getoption("timeout", None) is not None:
        return False
    return item.get_closest_marker("timeout") is None


def longest_s(config: pytest.Config, cause: str) -> float:
    """Return the time limit of the drill of *cause* in this run, in seconds."""
    runbook, option = config.stash[RUNBOOK], config.option
    boot_s = config.stash[DESCRIPTOR].boot_deadline_s if DESCRIPTOR in config.stash else BOOT_S
    arms = len(Arm) if option.arm == "all" else 1
    incident = runbook.incident(int(cause.split(".", maxsplit=1)[0]))
    return round(time_limit_s(runbook, incident, runbook.cause(cause), option.time_scale, boot_s, arms))
