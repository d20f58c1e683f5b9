"""The worker's settings; each variable is described in `stack/defaults.env`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stack.services.common.settings import Stores, stores

if TYPE_CHECKING:
    from stack.services.common.settings import Environment


@dataclass(frozen=True)
class Parsing:
    """How files are parsed. `memory_mib` 0 means in the worker's own process, without a limit of its own."""

    concurrency: int
    timeout_s: float
    memory_mib: int


@dataclass(frozen=True)
class Settings:
    """Everything the worker takes from its environment."""

    port: int
    stores: Stores
    parsing: Parsing
    lock_ms: int
    stalled_ms: int
    max_stalled: int


def read(env: Environment) -> Settings:
    """Read the worker's settings; raises SettingsError naming the variable."""
    return Settings(
        port=env.integer("PORT", at_least=1),
        stores=stores(env),
        parsing=Parsing(
            concurrency=env.integer("WORKER_CONCURRENCY", at_least=1),
            timeout_s=env.seconds("PARSER_TIMEOUT_S"),
            memory_mib=env.integer("PARSER_MEMORY_MB"),
        ),
        lock_ms=env.integer("WORKER_LOCK_MS", at_least=1),
        stalled_ms=env.integer("WORKER_STALLED_MS", at_least=1),
        max_stalled=env.integer("WORKER_MAX_STALLED", at_least=1),
    )
