"""Read a stack's descriptor, a TOML file beside its compose project, and check it as a whole."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeVar

from pydantic import Field, PrivateAttr, ValidationError, model_validator

from drills.runbook.expressions import Expressions
from drills.sandbox.derivation import completed
from drills.sandbox.descriptor_tables import (
    Certificate,
    Database,
    Identity,
    Lines,
    Objects,
    Offers,
    Queue,
    Restart,
    Table,
)
from drills.sandbox.errors import SandboxError
from drills.sandbox.limits import BOOT_DEADLINE_S, DISK_MIB, PROCESSES

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from drills.runbook import Quantity

Part = TypeVar("Part")
UrlPath = Annotated[str, Field(pattern="^/")]
Port = Annotated[int, Field(ge=1, le=65535)]
ALIKE = 0.8
"""How much alike two names are, of 1, of which one is the other misspelt."""
SERVICE = "{service}"
FRONT_DOOR = "gateway"
RESTART = Restart(line=f"docker-compose restart {SERVICE}")


@dataclass(frozen=True)
class Read:
    """Where a descriptor was read from, and the passwords of stores that stand in the compose files in plain text."""

    path: Path
    plain: Mapping[str, str]


class Descriptor(Table):
    """A stack: its project files, the service and port of each role, and what can be measured and broken in it.

    *disk_mib* is the size of the sandbox engine's disk in MiB. *memory_mib* bounds what the sandbox takes of the
    machine's memory, disk included, None for most of it; *processes* counts threads too. *internet* lets what runs in
    the sandbox reach other addresses, to pull images for example. *windows* are settings in ms that the time scale
    divides, with the value that each never goes below. *replicas* are, by role, the settings that say how many replicas
    there are. *build* are the folders that the images are built from. *health* is, by role, the path that a drill gets
    over HTTP to see whether the service answers with a status below 400. *environment* are variables of every line,
    *boot* the lines before the first start of the services. The tables of parts that a stack does not have are left
    out; `database`, `objects` and `queue` then raise SandboxError. *root* is where the project's files are, as seen
    from the descriptor. Without *rules* no alert is made of the runbook, without *offers* any fault may be tried.

    What Compose tells of the project may be left out: see `drills.sandbox.derivation`.
    """

    _read: Read = PrivateAttr()
    name: str
    project: str
    root: str = "."
    disk_mib: Annotated[int, Field(gt=0)] = DISK_MIB
    memory_mib: Annotated[int, Field(gt=0)] | None = None
    processes: Annotated[int, Field(gt=0)] = PROCESSES
    internet: Annotated[bool, Field(strict=True)] = False
    boot_deadline_s: Annotated[float, Field(gt=0, allow_inf_nan=False)] = BOOT_DEADLINE_S
    scalable: tuple[str, ...] = ()
    files: tuple[str, ...]
    build: tuple[str, ...] = ()
    settings: str | None = None
    secrets: tuple[str, ...] = ()
    rules: str | None = None
    windows: Mapping[str, int] = {}
    replicas: Mapping[str, str] = {}
    roles: Mapping[str, str]
    ports: Mapping[str, Port]
    health: Mapping[str, UrlPath] = {FRONT_DOOR: "/"}
    database_table: Annotated[Database | None, Field(alias="database")] = None
    objects_table: Annotated[Objects | None, Field(alias="objects")] = None
    queue_table: Annotated[Queue | None, Field(alias="queue")] = None
    environment: Mapping[str, str] = {}
    placeholders: Mapping[str, str] = {}
    boot: Lines = Lines(lines=())
    certificate: Certificate | None = None
    identity: Identity | None = None
    expressions: Expressions = Expressions()
    offers: Offers | None = None
    restart: Restart = RESTART
    heal: Lines
    snapshot: Lines

    def model_post_init(self, context: Any) -> None:
        """Store the path that the descriptor was read from: its files are below its root."""
        self._read = context

    @model_validator(mode="after")
    def _disk_fits_into_memory(self) -> Self:
        if self.memory_mib is not None and self.memory_mib <= self.disk_mib:
            raise ValueError(f"memory_mib: {self.memory_mib} has to hold disk_mib, {self.disk_mib}, and the services")
        return self

    @model_validator(mode="after")
    def _files_exist(self) -> Self:
        for key in ("files", "build", "settings"):
            value = getattr(self, key) or ()
            for name in (value,) if isinstance(value, str) else value:
                if not (self.folder / name).exists():
                    raise ValueError(f"{key}: there is no {name!r} in {self.folder}")
        return self

    @model_validator(mode="after")
    def _has_a_front_door(self) -> Self:
        for key in ("roles", "ports"):
            if FRONT_DOOR not in getattr(self, key):
                raise ValueError(f"{key}: the role {FRONT_DOOR!r} is missing: there the stack answers its users")
        return self

    @model_validator(mode="after")
    def _health_has_ports(self) -> Self:
        for role in self.health:
            if role not in self.ports:
                raise ValueError(f"health: the role {role!r} has no port (see [ports])")
        return self

    @model_validator(mode="after")
    def _secrets_are_named(self) -> Self:
        database, objects = self.database_table, self.objects_table
        asked = {"database.password": database.password} if database else {}
        if objects:
            asked |= {"objects.access_key": objects.access_key, "objects.secret_key": objects.secret_key}
        for key, name in asked.items():
            if name not in self.secrets and name not in self._read.plain:
                raise ValueError(f"{key}: {name!r} is not listed in `secrets`, nor a variable that Compose gives it")
        return self

    @property
    def path(self) -> Path:
        """The file that the descriptor was read from."""
        return self._read.path

    @property
    def folder(self) -> Path:
        """Where the stack's files are."""
        return self.path.parent / self.root

    def plain(self, name: str) -> str:
        """Return the value of a store's variable that stands in the compose files; raises SandboxError without one."""
        if name not in self._read.plain:
            raise SandboxError(f"{self.path}: Compose gives no store the variable {name!r}.")
        return self._read.plain[name]

    @property
    def database(self) -> Database:
        """The stack's Postgres; raises SandboxError where it has none."""
        return self._part("database", self.database_table)

    @property
    def objects(self) -> Objects:
        """The stack's object store; raises SandboxError where it has none."""
        return self._part("objects", self.objects_table)

    @property
    def queue(self) -> str:
        """The name of the stack's queue; raises SandboxError where it has none."""
        return self._part("queue", self.queue_table).name

    def _part(self, key: str, part: Part | None) -> Part:
        if part is None:
            raise SandboxError(f"{self.path}: the table [{key}] is missing, and this run asks for it.")
        return part

    @property
    def quantities(self) -> frozenset[Quantity]:
        """What can be measured in this stack."""
        return self.expressions.quantities

    @property
    def faults(self) -> frozenset[str]:
        """The faults that this stack says it can host, by their names in the catalogue."""
        return self.offers.faults if self.offers else frozenset()

    def service(self, role: str) -> str:
        """Return the name of the service that plays *role*; raises SandboxError where none does."""
        if role not in self.roles:
            raise SandboxError(f"{self.path}: no service plays the role {role!r} (see [roles]).")
        return self.roles[role]

    def restart_line(self, role: str) -> str:
        """Return the line that restarts the service in *role*; raises SandboxError where no service plays it."""
        return self.restart.line.replace(SERVICE, self.service(role))

    def lacks(self, *, quantity: str, fault: str) -> str | None:
        """Return why a drill cannot run on this stack, in one sentence, or None when it can."""
        if quantity not in self.quantities:
            return f"the stack {self.name!r} does not measure {quantity} (see [expressions] in its descriptor)"
        if self.rules is None:
            return f"the stack {self.name!r} has no file of rules for its Prometheus (see `rules` in its descriptor)"
        if self.offers and fault not in self.faults:
            close = get_close_matches(fault, self.faults, n=1)
            hint = f", which has {close[0]!r}" if close else ""
            return f"the stack {self.name!r} cannot host the fault {fault!r} (see [offers] in its descriptor{hint})"
        return None


def misspelt(descriptor: Descriptor, known: Collection[str]) -> str | None:
    """Say which fault in [offers] is a *known* one, misspelt, or return None; a fault that is merely unknown is none.

    A drill of the fault that was meant would be left out, after a sandbox was booted for it.
    """
    for name in sorted(descriptor.faults - set(known)):
        meant = get_close_matches(name, set(known) - descriptor.faults, n=1, cutoff=ALIKE)
        if meant:
            return f"{descriptor.path}: offers.faults: there is no fault {name!r}; write {meant[0]!r}."
    return None


def read(path: Path) -> Descriptor:
    """Read a stack's descriptor; raises SandboxError, one sentence with file and key, when it cannot be used."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SandboxError(f"{path}: not a readable stack descriptor: {error}") from error
    raw, plain = completed(raw, path)
    try:
        return Descriptor.model_validate(raw, context=Read(path, plain))
    except ValidationError as error:
        raise SandboxError(f"{path}: {_sentence(error.errors())}.") from None


def _sentence(errors: list[ErrorDetails]) -> str:
    """Name one key that cannot be used: a missing one first, since another that is unknown may be it, misspelt."""
    first = min(errors, key=lambda error: error["type"] != "missing")
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return f"the key {key!r} is missing"
    if first["type"] == "extra_forbidden":
        return f"the key {key!r} is unknown"
    if first["type"] == "value_error":
        text = str(first["ctx"]["error"])
        return f"{key}: {text}" if key else text
    return f"{key}: {first['msg']}, not {_shown(first['input'])}"


def _shown(value: Any) -> str:
    return repr(value) if isinstance(value, str | int | float) else f"a {type(value).__name__}"
