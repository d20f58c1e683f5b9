"""Fill in the keys that a descriptor leaves out and that its compose project tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drills.compose.derived import Derived, derived, plain
from drills.compose.errors import ComposeError
from drills.compose.project import NAMES, read
from drills.compose.secret_names import secrets_of
from drills.sandbox.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ASKED = ("name", "project", "roles", "ports", "heal", "snapshot")
"""Where one of these keys is left out, Compose is asked, and each key that is not there is taken from it."""
CREDENTIALS = (("database", "database", ("password",)), ("objects", "object_store", ("access_key", "secret_key")))
"""Tables with credentials, the role of their store, and the keys that name a setting or a variable of its service."""
PLACEHOLDER = "drills"
"""What a secret is while Compose only reads: a sandbox draws the real one."""


def completed(raw: dict[str, Any], path: Path) -> tuple[dict[str, Any], Mapping[str, str]]:
    """Return the descriptor *raw* with what Compose tells, and the passwords of stores that stand in its files.

    A key that is there is taken as it is. Compose is not asked where nothing is left out. Raises SandboxError.
    """
    left_out = [key for key in ASKED if key not in raw]
    open_names = [name for _, _, name in _credentials(raw) if name not in _listed(raw, "secrets")]
    if not _listed(raw, "files") or not (left_out or open_names):
        return raw, {}
    try:
        told = _asked(raw, path)
    except ComposeError as error:
        what = ", ".join(map(repr, left_out or open_names))
        raise SandboxError(f"{path}: {what}: left out, and Compose does not tell: {error}") from None
    whole = _together(raw, told) if left_out else raw
    return whole, dict(_plain(whole, told))


def _together(raw: dict[str, Any], told: Derived) -> dict[str, Any]:
    """Return *raw* over what Compose tells, of which a part without a published port is left out."""
    whole = {**told.keys, "secrets": secrets_of(told), **raw}
    ports = whole["ports"] if isinstance(whole["ports"], dict) else {}
    for table, role, _ in CREDENTIALS:
        if role not in ports and table not in raw:
            whole.pop(table, None)
    if "health" not in raw:
        whole["health"] = {role: path for role, path in whole["health"].items() if role in ports}
    if isinstance(raw.get("environment"), dict):
        whole["environment"] = told.keys["environment"] | raw["environment"]
    return whole


def _asked(raw: Mapping[str, Any], path: Path) -> Derived:
    folder = path.parent / str(raw.get("root", "."))
    files, variables = _listed(raw, "files"), raw.get("environment")
    given = {str(key): str(value) for key, value in variables.items()} if isinstance(variables, dict) else {}
    settings = folder / str(raw["settings"]) if "settings" in raw else None
    if settings and not settings.is_file():
        raise ComposeError(f"there is no {raw['settings']!r} in {folder}")
    project = read(
        [folder / name for name in _compose_files(files, given)],
        profiles=[each for each in given.get("COMPOSE_PROFILES", "").split(",") if each],
        settings=settings,
        variables={**dict.fromkeys(_listed(raw, "secrets"), PLACEHOLDER), **given},
    )
    return derived(project, tuple(files))


def _compose_files(files: list[str], environment: Mapping[str, str]) -> list[str]:
    """Return the compose files as Compose finds them: by COMPOSE_FILE, else the usual names with their override."""
    named = environment.get("COMPOSE_FILE")
    if named:
        return named.split(environment.get("COMPOSE_PATH_SEPARATOR", ":"))
    first = next((name for name in NAMES if name in files), None)
    if first is None:
        raise ComposeError(f"`files` has none of {', '.join(NAMES)}, and `environment` no COMPOSE_FILE")
    stem, _, ending = first.rpartition(".")
    return [first, *(name for name in (f"{stem}.override.{ending}",) if name in files)]


def _listed(raw: Mapping[str, Any], key: str) -> list[str]:
    value = raw.get(key)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list | tuple) else []


def _credentials(raw: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the key, the role and the name of each credential in the tables of stores."""
    for table, role, keys in CREDENTIALS:
        held = raw.get(table)
        for key in keys if isinstance(held, dict) else ():
            if isinstance(held, dict) and isinstance(held.get(key), str):
                yield key, role, held[key]


def _plain(raw: Mapping[str, Any], told: Derived) -> Iterator[tuple[str, str]]:
    for _, role, name in _credentials(raw):
        service = told.service(role)
        value = plain(told.project, service.name, name) if service else None
        if value is not None:
            yield name, value
