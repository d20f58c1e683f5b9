"""Read what `drills audit` was given, by options or by the suite's settings."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import promql_parser
import yaml

from drills.audit.alert_rules import Rules, read_rules, rules_in
from drills.audit.dashboards import panels
from drills.audit.errors import AuditError
from drills.audit.live import read_samples
from drills.audit.material import Material
from drills.audit.project import Project, read_project
from drills.audit.samples import Samples, from_files
from drills.audit.scraping import read_scraping
from drills.common.address_secrets import shown
from drills.common.prometheus import PrometheusError
from drills.runbook import load, rules
from drills.runbook.loading import SUFFIXES
from drills.runbook.placeholders import filled
from drills.runbook.shell_check import Console
from drills.sandbox import descriptor
from drills.sandbox.console import programs
from drills.settings import settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping

    from promql_parser import Expr

    from drills.runbook import Runbook
    from drills.sandbox.descriptor import Descriptor

ANSWERS_S = 15.0
"""How long Prometheus may take for an answer."""


def material(options: argparse.Namespace) -> Material:
    """Return what the audits look at; AuditError, RunbookError or SandboxError for what cannot be used."""
    suite, own = settings(), settings().audit
    stack = _given(options.stack, suite.stack)
    about = descriptor.read(stack) if stack else None
    book = _given(options.runbook, suite.runbook)
    runbook = load(book) if book else None
    if runbook and about:
        runbook = filled(runbook, about.placeholders)
    found = _rules(_all(options.rules, own.rules), runbook, about)
    dashboards = _files(_given(options.dashboards, own.dashboards), ".json")
    prometheus, alertmanager = (
        _given(options.prometheus, own.prometheus),
        _given(options.alertmanager, own.alertmanager),
    )
    live = httpx.Client(base_url=options.target, timeout=ANSWERS_S) if options.target else None
    return Material(
        rules=found,
        runbook=runbook,
        documents=_documents(book),
        project=_project(options),
        dashboards=dashboards,
        scripts=_files(_given(options.scripts, own.scripts), ""),
        samples=_samples(options, live, found, dashboards),
        scraping=read_scraping(prometheus) if prometheus else None,
        alertmanager=_yaml(alertmanager) if alertmanager else None,
        alertmanager_file=alertmanager or Path(),
        live=live,
        console=_console(about),
        aliases=frozenset(about.scalable) if about else frozenset(),
        secrets=frozenset(about.secrets) if about else frozenset(),
    )


def _given(option: Path | None, setting: Path | None) -> Path | None:
    return option or (settings().path(setting) if setting else None)


def _all(option: list[Path] | None, setting: Iterable[Path]) -> list[Path]:
    return option or [settings().path(each) for each in setting]


def _rules(files: list[Path], runbook: Runbook | None, about: Descriptor | None) -> Rules | None:
    """Return the rules of *files*; where there are none, those that the runbook makes for the stack."""
    if files:
        return read_rules(
            each for file in files for each in (_files(file, ".yml", ".yaml") if file.is_dir() else [file])
        )
    if runbook is None or about is None:
        return None
    return rules_in(rules.render(runbook, about.expressions, 1.0), f"rules of {runbook.path.name}")


def _documents(book: Path | None) -> tuple[Path, ...]:
    return _files(book, *SUFFIXES) if book and book.is_dir() else (book,) if book else ()


def _files(folder: Path | None, *suffixes: str) -> tuple[Path, ...]:
    """Return the files below *folder* that end so, or *folder* itself where it is a file; AuditError for none."""
    if folder is None:
        return ()
    if folder.is_file():
        return (folder,)
    if not folder.is_dir():
        raise AuditError(f"{folder}: there is no such file or folder")
    return tuple(sorted(file for file in folder.rglob("*") if file.is_file() and file.name.endswith(suffixes)))


def _project(options: argparse.Namespace) -> Project | None:
    files = _all(options.compose, settings().audit.compose)
    env = options.env_file or (None if options.compose else _given(None, settings().audit.env_file))
    return read_project(files, env) if files else None


def _samples(
    options: argparse.Namespace, live: httpx.Client | None, found: Rules | None, dashboards: tuple[Path, ...]
) -> Samples | None:
    """Return the series of a running Prometheus, else those of files."""
    if live is not None:
        try:
            return read_samples(live, _trees(found, dashboards), shown(options.target))
        except (httpx.HTTPError, httpx.InvalidURL, PrometheusError) as error:
            raise AuditError(f"{shown(options.target)}: Prometheus cannot be asked ({error})") from None
    own = [_rooted(each) for each in settings().audit.metrics]
    given = options.metrics or own
    return from_files(given) if given else None


def _rooted(text: str) -> str:
    job, cut, file = text.rpartition("=")
    return f"{job}{cut}{settings().path(Path(file))}"


def _trees(found: Rules | None, dashboards: tuple[Path, ...]) -> Iterator[Expr]:
    yield from (rule.tree for rule in (found.rules if found else ()) if rule.tree is not None)
    for query in (query for file in dashboards for panel in panels(file) for query in panel.queries):
        try:
            yield promql_parser.parse(query)
        except ValueError:  # the audit of dashboards tells of it
            continue


def _yaml(file: Path) -> Mapping[str, Any]:
    try:
        held = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise AuditError(f"{file}: the configuration cannot be read ({' '.join(str(error).split())})") from None
    if not isinstance(held, dict) or "route" not in held:
        raise AuditError(f"{file}: no route; expected Alertmanager's configuration")
    return held


def _console(about: Descriptor | None) -> Console:
    """Return the programs of the sandbox where a stack is known, else those of this machine."""
    if about is not None:
        return Console(programs().__contains__, "of the sandbox's console")
    return Console(lambda name: shutil.which(name) is not None, "on this machine")
