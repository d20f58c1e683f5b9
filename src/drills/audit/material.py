"""What the audits are given: rules, runbook, compose project, dashboards, scripts, metrics, Alertmanager's file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from drills.audit.alert_rules import Rules
    from drills.audit.project import Project
    from drills.audit.samples import Samples
    from drills.audit.scraping import Scraping
    from drills.runbook import Runbook
    from drills.runbook.shell_check import Console


@dataclass(frozen=True)
class Material:
    """The parts that were given; a part that is None, or empty, was not.

    *documents* are the runbook's files. *alertmanager* is the parsed configuration, *alertmanager_file* its path.
    *live* asks a running Prometheus. *console* has the responder's programs, *aliases* are names under which a
    container answers beside its own, *secrets* those of settings that no file holds.
    """

    rules: Rules | None = None
    runbook: Runbook | None = None
    documents: tuple[Path, ...] = ()
    project: Project | None = None
    dashboards: tuple[Path, ...] = ()
    scripts: tuple[Path, ...] = ()
    samples: Samples | None = None
    scraping: Scraping | None = None
    alertmanager: Mapping[str, Any] | None = None
    alertmanager_file: Path = Path()
    live: httpx.Client | None = None
    console: Console | None = None
    aliases: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
