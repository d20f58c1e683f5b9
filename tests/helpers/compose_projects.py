"""Compose projects in the style of well-known systems, copied where a test may write beside them."""

from __future__ import annotations

import shutil
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from drills.adopt.suite import Adopted, Wish, adopt
from drills.compose.derived import Derived, derived
from drills.compose.project import read
from tests.helpers.paths import DATA

if TYPE_CHECKING:
    from pathlib import Path

UNTIL = date(2027, 3, 1)
FILES = {
    "netbox": ("docker-compose.yml", "docker-compose.override.yml"),
    "n8n": ("docker-compose.yml",),
    "unleash": ("docker-compose.yml",),
    "weblate": ("docker-compose.yml", "docker-compose.override.yml"),
    "pretix": ("compose.yaml",),
    "plain": ("compose.yaml",),
    "profiles": ("docker-compose.yml",),
    "built": ("compose.yml",),
}
SETTINGS = {"plain": "settings.env", "n8n": "env.example", "profiles": ".env.sample"}


def copied(name: str, tmp_path: Path) -> Path:
    """Return the folder of a copy of the project *name*."""
    folder = tmp_path / name
    shutil.copytree(DATA / "compose" / name, folder)
    return folder


@cache
def told_of(name: str, *profiles: str) -> Derived:
    """Return what Compose tells of the project *name*."""
    folder = DATA / "compose" / name
    settings = folder / SETTINGS[name] if name in SETTINGS else None
    return derived(read([folder / file for file in FILES[name]], profiles=profiles, settings=settings))


def wish_of(name: str, folder: Path) -> Wish:
    """Return what is asked of a copy of the project *name* in *folder*."""
    plain = name == "plain"
    return Wish(
        tuple(folder / file for file in FILES[name]),
        folder / "drills",
        runbook=folder / "runbook.md" if plain else None,
        rules=str(folder / "prometheus" / "rules") if plain else None,
        settings=folder / "settings.env" if plain else None,
    )


def adopted(name: str, folder: Path) -> Adopted:
    """Return the suite of a copy of the project *name* in *folder*."""
    return adopt(wish_of(name, folder), UNTIL)
