"""Adopt a project: read it, its runbook and its rules, and make the texts of a suite."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from drills.adopt import descriptor_text, drills_text, overlay, suite_text, targets_text
from drills.adopt.expressions import Measured, measured
from drills.adopt.notes import Note, asked, guessed, left_out
from drills.adopt.page import page
from drills.adopt.project_notes import project_notes
from drills.adopt.rows import Row, rows
from drills.adopt.source_files import source_files
from drills.adopt.spelling import NEW, compose_word, spelling_notes
from drills.compose.derived import Derived, derived
from drills.compose.errors import ComposeError
from drills.compose.project import NAMES, Project, read
from drills.compose.secret_names import secrets_of
from drills.runbook import load
from drills.runbook.documented import documented
from drills.runbook.rule_files import rules_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from drills.runbook import Runbook

SETTINGS = (".env", ".env.example", "env.example", ".env.sample", ".env.dist", ".env.template", "example.env")
"""Files that hold the settings of a project, in the order in which they are looked for."""
NO_RUNBOOK = "No runbook was given (`--runbook PATH`)"


@dataclass(frozen=True)
class Wish:
    """What is adopted: the compose files, their profiles, the documents, and where the suite is to be.

    *settings* is the file that Compose takes for the project's `.env`, None for the usual ones.
    """

    files: tuple[Path, ...]
    into: Path
    profiles: tuple[str, ...] = ()
    runbook: Path | None = None
    rules: str | None = None
    settings: Path | None = None

    @property
    def folder(self) -> Path:
        """The project's folder, as Compose sees it: that of its first file."""
        return self.files[0].resolve().parent


@dataclass(frozen=True)
class Adopted:
    """The texts of a suite, by their names in its folder, and what there is to say of it."""

    texts: dict[str, str]
    notes: tuple[Note, ...]
    rows: tuple[Row, ...]
    told: Derived = field(repr=False)


@dataclass(frozen=True)
class _Survey:
    """What was read of a project: *as_it_runs* on its machine, and *told* with the ports that a sandbox publishes."""

    runbook: Runbook | None
    as_it_runs: Derived
    told: Derived
    found: Measured
    rows: tuple[Row, ...]
    files: tuple[str, ...]
    settings: str | None
    published: str
    notes: tuple[Note, ...]


def adopt(wish: Wish, until: date) -> Adopted:
    """Return the suite of a project; *until* is the last day of the waivers of rows without a drill.

    Raises ComposeError for a project that Compose refuses, RunbookError for a document that cannot be read.
    """
    survey = _survey(wish)
    texts = _texts(wish, survey, until)
    into = _relative(wish.into, wish.folder)
    missing = "" if wish.runbook else NO_RUNBOOK
    texts["ADOPTED.md"] = page(survey.notes, survey.rows, survey.found.matched, into=into, no_runbook=missing)
    return Adopted(texts, survey.notes, survey.rows, survey.told)


def _survey(wish: Wish) -> _Survey:
    runbook = load(wish.runbook) if wish.runbook else None
    rules = rules_of(wish.rules) if wish.rules else {}
    settings = _settings(wish)
    as_it_runs = derived(_project(wish, wish.files, settings))
    published, port_notes = _overlay(as_it_runs, wish.into)
    texts = [each.text for each in documented(runbook, originals=False)] if runbook else []
    files, file_notes = source_files(as_it_runs, wish.into, texts)
    named = (*files, *((f"{_relative(wish.into, wish.folder)}/{overlay.NAME}",) if published else ()))
    told = _in_the_sandbox(wish, settings, published, named)
    found = measured(runbook, rules, metrics="metrics" in told.keys["roles"])
    held = rows(runbook, told, found.expressions.keys()) if runbook else ()
    notes = (*project_notes(as_it_runs), *port_notes, *file_notes, *found.notes, *_settings_notes(settings, as_it_runs))
    notes += tuple(spelling_notes(runbook, as_it_runs)) if runbook else ()
    return _Survey(runbook, as_it_runs, told, found, held, named, settings, published, notes)


def _project(wish: Wish, files: Sequence[Path], settings: str | None) -> Project:
    return read(files, profiles=wish.profiles, settings=wish.folder / settings if settings else None)


def _settings(wish: Wish) -> str | None:
    """Return the file that stands in for `.env`, as seen from the project's folder; raises ComposeError."""
    if wish.settings is None:
        return next((name for name in SETTINGS if (wish.folder / name).is_file()), None)
    if not wish.settings.is_file():
        raise ComposeError(f"there is no file {wish.settings} of settings")
    return _relative(wish.settings, wish.folder)


def _overlay(told: Derived, into: Path) -> tuple[str, tuple[Note, ...]]:
    """Return the file that publishes ports, empty where the suite is no part of the project: a sandbox has no more."""
    text, notes = overlay.overlay(told)
    if text and not into.resolve().is_relative_to(told.project.folder):
        why = f"the suite is not below {told.project.folder.name}, and a sandbox has no file from elsewhere"
        return "", (left_out("the ports that the project does not publish", why),)
    return text, notes


def _in_the_sandbox(wish: Wish, settings: str | None, published: str, named: tuple[str, ...]) -> Derived:
    """Return the project with the ports that only a sandbox publishes, read by Compose like every other file."""
    if not published:
        return derived(_project(wish, wish.files, settings), named)
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / overlay.NAME
        file.write_text(published, encoding="utf-8")
        return derived(_project(wish, (*wish.files, file), settings), named)


def _texts(wish: Wish, survey: _Survey, until: date) -> dict[str, str]:
    into, published, told = _relative(wish.into, wish.folder), survey.published, survey.told
    book = _relative(wish.runbook, wish.into) if wish.runbook else None
    about = descriptor_text.Written(
        root=_relative(wish.folder, wish.into),
        files=survey.files,
        environment=_environment(wish, told, f"{into}/{overlay.NAME}" if published else None),
        settings=survey.settings,
        restart=f"{NEW} restart {{service}}" if compose_word(survey.runbook) == NEW else None,
        expressions=survey.found.expressions,
        derived=told.keys,
        secrets=secrets_of(told),
    )
    texts = {
        "stack.toml": descriptor_text.text(about),
        "targets.toml": targets_text.text(survey.as_it_runs, book),
        "pyproject.toml": suite_text.pyproject(book),
        "checks/test_checks.py": suite_text.CHECKS,
        "drills.mk": suite_text.make(into),
        **({overlay.NAME: published} if published else {}),
    }
    if survey.runbook:
        texts |= drills_text.modules(survey.rows, told.keys["health"].get("gateway", "/"))
        texts["waivers.toml"] = suite_text.waivers(survey.rows, until)
    return texts


def _environment(wish: Wish, told: Derived, published: str | None) -> dict[str, str]:
    """Return the variables by which Compose in the sandbox finds the same files and profiles."""
    files = [_relative(file, wish.folder) for file in wish.files] + ([published] if published else [])
    usual = len(files) == 1 and files[0] in NAMES
    variables = {} if usual else {"COMPOSE_FILE": ":".join(files)}
    variables |= {"COMPOSE_PROFILES": ",".join(wish.profiles)} if wish.profiles else {}
    return variables | dict(told.keys["environment"])


def _settings_notes(settings: str | None, told: Derived) -> tuple[Note, ...]:
    variables = told.project.variables
    if settings is None and variables:
        return (
            asked("the settings", "the project names variables and has no .env: `settings` names the file that is one"),
        )
    if settings and settings != ".env":
        return (guessed("the settings", f"there is no .env, so {settings} stands in for it"),)
    literal = [each.name for each in told.project.services if each.raw.get("env_file")]
    if literal:
        what = "secrets in the settings of " + ", ".join(literal)
        return (left_out(what, "a sandbox gets these files as they are, since no variable names what they hold"),)
    return ()


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
