"""The reference stack as material for audits, whole or with one small edit."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import yaml

from drills.audit.alert_rules import Rules, rules_in
from drills.audit.finding import Finding
from drills.audit.material import Material
from drills.audit.project import read_project
from drills.audit.running import AUDITS
from drills.audit.samples import from_files
from drills.audit.scraping import read_scraping
from drills.runbook import load, rules
from drills.runbook.shell_check import Console
from drills.sandbox import descriptor
from drills.sandbox.console import programs
from tests.helpers.paths import DATA, DESCRIPTOR, ROOT, RUNBOOK

if TYPE_CHECKING:
    from pathlib import Path

    from drills.sandbox.descriptor import Descriptor

STACK = ROOT / "stack"
OWN = DATA / "audit" / "rules.yml"
DASHBOARD = DATA / "audit" / "dashboards" / "overview.json"
METRICS = tuple(f"{file.stem}={file}" for file in sorted((DATA / "audit" / "metrics").glob("*.prom")))
CONFIG = "stack/config"
TOOLS = {"scripts": "stack/scripts/", "notification": CONFIG}
"""Audits that start another program, and the files that they read: where these are as they were, so is the result."""


@dataclass(frozen=True)
class Edit:
    """One small edit of a file; *file* is relative to the project, and `rendered rules` are those of the runbook."""

    file: str
    old: str
    new: str

    def of(self, text: str) -> str:
        assert self.old in text, f"{self.file} no longer contains {self.old!r}"
        return text.replace(self.old, self.new, 1)


@cache
def about() -> Descriptor:
    return descriptor.read(DESCRIPTOR)


@cache
def whole() -> Material:
    """The reference stack beside a team's own rules and a dashboard, as they are."""
    console, stack = Console(programs().__contains__, "of the sandbox's console"), about()
    compose, alertmanager = STACK / "compose.yaml", STACK / "config" / "alertmanager" / "alertmanager.yml"
    return Material(
        rules=_rules(RUNBOOK, OWN.read_text(encoding="utf-8"), stack, None),
        runbook=load(RUNBOOK),
        documents=(RUNBOOK,),
        project=read_project([compose], STACK / "defaults.env"),
        dashboards=(DASHBOARD,),
        scripts=tuple(sorted((STACK / "scripts").glob("*.sh"))),
        samples=from_files(METRICS),
        scraping=read_scraping(STACK / "config" / "prometheus" / "prometheus.yml"),
        alertmanager=yaml.safe_load(alertmanager.read_text(encoding="utf-8")),
        alertmanager_file=alertmanager,
        console=console,
        aliases=frozenset(stack.scalable),
        secrets=frozenset(stack.secrets),
    )


@cache
def rendered() -> str:
    return rules.render(load(RUNBOOK), about().expressions, 1.0)


def _rules(runbook: Path, own: str, stack: Descriptor, edit: Edit | None) -> Rules:
    text = rendered() if runbook == RUNBOOK else rules.render(load(runbook), stack.expressions, 1.0)
    made = rules_in(edit.of(text) if edit else text, "rendered")
    written = rules_in(own, OWN.name)
    return Rules((*made.rules, *written.rules), {**made.recorded, **written.recorded})


def edited(edit: Edit, folder: Path) -> Material:
    """Return the whole material with one part read anew, from a copy with the edit."""
    base = whole()
    if edit.file == "rendered rules":
        return replace(base, rules=_rules(RUNBOOK, OWN.read_text(encoding="utf-8"), about(), edit))
    original = ROOT / edit.file
    copy = folder / original.name
    copy.write_text(edit.of(original.read_text(encoding="utf-8")), encoding="utf-8")
    shutil.copymode(original, copy)
    if original == OWN:
        own = copy.read_text(encoding="utf-8")
        return replace(base, rules=_rules(RUNBOOK, own, about(), None))
    if original == RUNBOOK:
        own = OWN.read_text(encoding="utf-8")
        return replace(base, rules=_rules(copy, own, about(), None), runbook=load(copy), documents=(copy,))
    return _reread(base, edit.file, copy)


def _reread(base: Material, name: str, copy: Path) -> Material:  # noqa: PLR0911 - one case for each file
    project = base.project
    assert project is not None
    if name == "stack/compose.yaml":
        read = read_project([copy], STACK / "defaults.env")
        return replace(base, project=replace(read, folder=project.folder))
    if name == "stack/defaults.env":
        return replace(base, project=read_project([STACK / "compose.yaml"], copy))
    if name.endswith("prometheus.yml"):
        return replace(base, scraping=read_scraping(copy))
    if name.endswith("alertmanager.yml"):
        return replace(base, alertmanager=yaml.safe_load(copy.read_text(encoding="utf-8")), alertmanager_file=copy)
    if name.endswith(".json"):
        return replace(base, dashboards=(copy,))
    if name.endswith(".prom"):
        job = f"{copy.stem}="
        others = [each for each in METRICS if not each.startswith(job)]
        return replace(base, samples=from_files([*others, f"{job}{copy}"]))
    assert name.startswith("stack/scripts/")
    return replace(base, scripts=(*(each for each in base.scripts if each.name != copy.name), copy))


def ids(material: Material, edit: Edit | None = None) -> frozenset[str]:
    """Return the ids of all findings; promtool and a running Prometheus have tests of their own."""
    found: set[str] = set()
    for name in AUDITS.keys() - {"worst-case", "live"}:
        known = edit is not None and name in TOOLS and not edit.file.startswith(TOOLS[name])
        found |= _of(whole(), name) if known else _of(material, name)
    return frozenset(found)


def _of(material: Material, name: str) -> frozenset[str]:
    return _known(name) if material is whole() else _held(material, name)


@cache
def _known(name: str) -> frozenset[str]:
    return _held(whole(), name)


def _held(material: Material, name: str) -> frozenset[str]:
    return frozenset(result.id for result in AUDITS[name](material) if isinstance(result, Finding))
