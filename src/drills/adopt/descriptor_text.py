"""The text of `stack.toml`: what neither Compose nor the system tells, with what is derived as comments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from drills.adopt.texts import block, listed, literal, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from drills.runbook.model import Quantity

TABLES = ("roles", "ports", "health", "replicas", "database", "objects")
"""Derived tables, in the order in which they are shown."""


@dataclass(frozen=True)
class Written:
    """What stack.toml says: *derived* are the keys that Compose tells, which stand in it as comments."""

    root: str
    files: tuple[str, ...]
    environment: Mapping[str, str]
    settings: str | None
    restart: str | None
    expressions: Mapping[Quantity, str]
    derived: Mapping[str, Any]
    secrets: tuple[str, ...]


def text(about: Written) -> str:
    """Return the file."""
    return "\n".join(_lines(about)) + "\n"


def _lines(about: Written) -> Iterator[str]:
    yield "# What the engine has to know of this system, and Compose does not tell. All keys: your-own-system.md."
    yield "# What is commented out is derived each time: remove the mark in front of it to say otherwise."
    yield f"root = {literal(about.root)}  # the project's folder, as seen from this file"
    yield f"files = {listed(about.files)}"
    yield "internet = true  # Guessed: the sandbox pulls the images; without it nothing inside calls out"
    if about.settings:
        yield f"settings = {literal(about.settings)}  # becomes .env in the sandbox, with secrets of its own after it"
    if about.secrets:
        yield f"secrets = {listed(about.secrets)}  # Guessed, by their names: each sandbox draws values of its own"
    yield f"# name = {literal(about.derived['name'])}"
    yield f"# project = {literal(about.derived['project'])}"
    yield f"# scalable = {_comment(listed(about.derived['scalable']))}"
    if "rules" in about.derived:
        rules = literal(about.derived["rules"])
        yield f"# rules = {rules}  # read by your Prometheus, and written in the sandbox alone"
    yield ""
    if about.environment:
        yield "[environment]"
        yield from (f"{key} = {literal(value)}" for key, value in about.environment.items())
        yield ""
    if about.restart:
        yield f"[restart]\nline = {literal(about.restart)}\n"
    yield from _expressions(about)
    yield from _derived(about.derived)


def _expressions(about: Written) -> Iterator[str]:
    yield "# The PromQL of each quantity; `$window` stands for the window of its alert. ADOPTED.md says whence."
    yield "[expressions]"
    yield from (f"{quantity} = {block(found)}" for quantity, found in about.expressions.items())
    yield ""


def _derived(keys: Mapping[str, Any]) -> Iterator[str]:
    for table in TABLES:
        if keys.get(table):
            yield f"# [{table}]"
            yield from (f"# {_key(key)} = {_value(value)}" for key, value in keys[table].items())
            yield "#"
    yield "# What brings the system back to its start, and what shows that a drill left something."
    for table in ("heal", "snapshot"):
        yield f"# [{table}]"
        yield "# lines = ["
        yield from (f"#   {literal(line)}," for line in keys[table]["lines"])
        yield "# ]"


def _key(name: str) -> str:
    return name if name.replace("-", "_").isidentifier() and name.isascii() else literal(name)


def _value(value: object) -> str:
    return literal(value) if isinstance(value, str) else str(value)


def _comment(array: str) -> str:
    return one_line(array) if "\n" in array else array
