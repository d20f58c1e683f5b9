"""Read a compose project with `docker compose config`, which needs no engine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from drills.compose.errors import ComposeError
from drills.compose.program import output
from drills.compose.service import Service, raw_environment, service, variables_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
"""The files that Compose reads where none is named, the first of them that is there."""


@dataclass(frozen=True)
class Project:
    """A project: its *name*, the *folder* of its first file, its services, and the names of its volumes.

    *variables* are all that its files name; *idle* are services of profiles that are not chosen, with their profiles.
    *warnings* are Compose's own, of variables without a value above all.
    """

    name: str
    folder: Path
    files: tuple[Path, ...]
    services: tuple[Service, ...]
    volumes: Mapping[str, str]
    variables: frozenset[str]
    idle: Mapping[str, tuple[str, ...]]
    warnings: tuple[str, ...]

    def service(self, name: str) -> Service:
        """Return the service *name*; raises KeyError where there is none."""
        return next((each for each in self.services if each.name == name), None) or _no_service(name)


def _no_service(name: str) -> Service:
    raise KeyError(name)


def read(
    files: Sequence[Path],
    *,
    profiles: Sequence[str] = (),
    settings: Path | None = None,
    variables: Mapping[str, str] | None = None,
) -> Project:
    """Read a project with *profiles*; *settings* stands in for its `.env`, *variables* go before both.

    Raises ComposeError, with Compose's own sentence, for a project that Compose refuses.
    """
    missing = [file for file in files if not file.is_file()]
    if missing or not files:
        raise ComposeError(f"there is no compose file {missing[0]}" if missing else "no compose file is named")
    folder = files[0].resolve().parent
    options = [word for file in files for word in ("-f", str(file.resolve()))]
    options += ["--env-file", str(settings.resolve())] if settings else []
    chosen = [word for profile in profiles for word in ("--profile", profile)]
    asked = ["config", "--format", "json"]
    told, warnings = output([*options, *chosen, *asked], folder, variables or {})
    # The second reading keeps the variables, by which secrets are told from names, and has every profile.
    raw, _ = output([*options, "--profile", "*", *asked, "--no-interpolate"], folder, variables or {})
    return _project(tuple(files), folder, json.loads(told), json.loads(raw), warnings)


def _project(
    files: tuple[Path, ...], folder: Path, told: dict[str, Any], raw: dict[str, Any], warnings: tuple[str, ...]
) -> Project:
    services = told.get("services") or {}
    if not services:
        raise ComposeError(f"{files[0]}: the project has no service, or none without a profile")
    written = raw.get("services") or {}
    return Project(
        name=str(told["name"]),
        folder=folder,
        files=files,
        services=tuple(service(name, services[name], written.get(name) or {}) for name in sorted(services)),
        volumes={key: str(volume["name"]) for key, volume in (told.get("volumes") or {}).items() if _own(volume)},
        variables=frozenset(variables_in(raw)) | {name for each in written.values() for name in _passed_on(each)},
        idle={name: tuple(about.get("profiles") or ()) for name, about in written.items() if name not in services},
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _passed_on(raw: Mapping[str, Any]) -> set[str]:
    """Return the variables that a service gets from the settings under their own names."""
    return {name for name, value in raw_environment(raw).items() if value is None}


def _own(volume: Mapping[str, Any]) -> bool:
    """Say whether a volume is of this project: another's data is not ours to empty."""
    return not volume.get("external")
