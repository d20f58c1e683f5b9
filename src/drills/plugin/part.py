"""Hold one part of a run (`--shard 2/4`), and say in its coverage what the whole run was to drill."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from drills.common.commit import commit_of
from drills.drill.shards import ShardError, lengths, shard_of, split
from drills.plugin.coverage_gate import COVERAGE
from drills.plugin.drill_markers import drills_of, leave_out
from drills.plugin.state import RUNBOOK, SETTINGS
from drills.reports.history import HistoryError, read_history
from drills.reports.trend import recorded_s

if TYPE_CHECKING:
    from pathlib import Path


def leave_out_others(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Remember the drills that all parts of the run hold together, and leave out those of other parts."""
    drills = drills_of(items)
    if not drills:
        return
    config.stash[COVERAGE]["chosen"] = sorted(set(drills.values()))
    if config.option.shard is None:
        return
    try:
        recorded = recorded_s(_history(config), config.option.time_scale)
        mine = split(lengths(config.stash[RUNBOOK], set(drills.values()), recorded), shard_of(config.option.shard))
    except (ShardError, HistoryError) as error:
        raise pytest.UsageError(str(error)) from None
    leave_out(config, items, [item for item, cause in drills.items() if cause not in mine])


def covered(config: pytest.Config) -> dict[str, Any]:
    """Return what `coverage.json` says of this run: causes, drills, which part it is, of which commit and document."""
    suite, runbook = config.stash[SETTINGS], config.option.runbook
    return config.stash[COVERAGE] | {
        "shards": [config.option.shard] if config.option.shard else [],
        "commit": commit_of(suite.root),
        "document": _from(suite.root.resolve(), runbook.resolve()),
    }


def _history(config: pytest.Config) -> tuple[Any, ...]:
    path = config.stash[SETTINGS].history_path
    return read_history(path, missing=()) if path else ()


def _from(root: Path, document: Path) -> str:
    """Return the path of *document* from *root*, or its name where it lies elsewhere: no path of a machine is told."""
    return document.relative_to(root).as_posix() if root in document.parents else document.name
