"""The settings of a suite: the table `[tool.drills]` of the pyproject.toml above the working folder."""

from __future__ import annotations

import importlib
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

if TYPE_CHECKING:
    from drills.drill.suite import Suite

TABLE = "tool.drills"


class SettingsError(ValueError):
    """Settings that cannot be used; the text is one sentence with file and key."""


class AuditSettings(BaseModel):
    """What `drills audit` reads where no option names it; without *rules*, those that the runbook makes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rules: tuple[Path, ...] = ()
    compose: tuple[Path, ...] = ()
    env_file: Path | None = None
    prometheus: Path | None = None
    alertmanager: Path | None = None
    metrics: tuple[str, ...] = ()
    """`FILE` or `JOB=FILE`, relative to the suite's root."""
    dashboards: Path | None = None
    scripts: Path | None = None
    waivers: Path | None = None


class Settings(BaseModel):
    """Where the parts of a suite are, relative to *root*; a part that is not set here has to be given as an option."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    root: Annotated[Path, Field(exclude=True)] = Path()
    runbook: Path | None = None
    stack: Path | None = None
    output: Path = Path("drills-output")
    incidents: Path = Path("incidents")
    """The folder of the incidents' files."""
    targets: Path = Path("targets.toml")
    waivers: Path = Path("waivers.toml")
    spare_lines: Path = Path("spare_lines.toml")
    """Which lines of solutions are known to be spare, for `--editions ablation`."""
    history: Path | None = None
    """Where a run of drills adds what it found out, one line a row; nothing is kept where it is not set."""
    checks: str = "checks"
    """The folder of the checks; a run of that folder alone has exit codes of its own."""
    scenarios: str = "scenarios"
    """The folder of the drills."""
    owner: str = ""
    """Who answers for the drills: a red one names them."""
    audit: AuditSettings = AuditSettings()
    suite: str | None = None
    """`module:NAME` of the `Suite` that tells the engine what is special about this system."""

    @property
    def given(self) -> bool:
        """Whether the table exists and sets anything."""
        return bool(self.model_fields_set - {"root"})

    @property
    def runbook_path(self) -> Path:
        """The suite's runbook; raises SettingsError where none is named."""
        return self._required("runbook")

    @property
    def stack_path(self) -> Path:
        """The suite's stack descriptor; raises SettingsError where none is named."""
        return self._required("stack")

    @property
    def history_path(self) -> Path | None:
        """The suite's history of drills; None where it keeps none."""
        return None if self.history is None else self.path(self.history)

    def _required(self, key: str) -> Path:
        value: Path | None = getattr(self, key)
        if value is None:
            raise SettingsError(f"no {key} is named: give --{key} FILE, or `{key}` in [{TABLE}] of a pyproject.toml")
        return self.path(value)

    def path(self, path: Path) -> Path:
        """Return *path* as seen from the suite's root."""
        return self.root / path

    def load_suite(self) -> Suite:
        """Return the suite's own `Suite`, or the engine's default; raises SettingsError when it cannot be imported."""
        from drills.drill.suite import Suite  # noqa: PLC0415 - a command that only reads a runbook need not wait for it

        if self.suite is None:
            return Suite()
        module, _, name = self.suite.partition(":")
        if str(self.root) not in sys.path:
            sys.path.insert(0, str(self.root))
        try:
            suite = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError) as error:
            raise SettingsError(f"[{TABLE}] suite = {self.suite!r} cannot be imported: {error}") from error
        if not isinstance(suite, Suite):
            raise SettingsError(f"[{TABLE}] suite = {self.suite!r} is a {type(suite).__name__}, not a drills.Suite")
        return suite


@cache
def settings(start: Path | None = None) -> Settings:
    """Return the settings of the nearest pyproject.toml with such a table, at or above *start* or the working folder.

    Raises SettingsError, one sentence with file and key, for a table that cannot be used.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        table = _table(folder / "pyproject.toml")
        if table is not None:
            return _settings(table, folder)
    return Settings(root=here)


def _table(path: Path) -> dict[str, object] | None:
    if not path.is_file():
        return None
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: not a readable TOML file: {error}") from error
    table: dict[str, object] | None = document.get("tool", {}).get("drills")
    return table


def _settings(table: dict[str, object], root: Path) -> Settings:
    try:
        return Settings(root=root, **table)  # type: ignore[arg-type]  # pydantic checks what the table holds
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{root / 'pyproject.toml'}: [{TABLE}] {key}: {first['msg']}") from None
