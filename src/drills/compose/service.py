"""A service of a compose project, as Compose's own JSON tells it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

ANYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 - read, not bound
COMPLETED = "service_completed_successfully"
VARIABLE = re.compile(r"\$(?:\{(?P<braced>[A-Za-z_]\w*)|(?P<bare>[A-Za-z_]\w*))")
_ESCAPED = "$$"
_FROM = re.compile(r"^FROM(?:\s+--\S+)*\s+(?P<image>\S+)(?:\s+AS\s+(?P<stage>\S+))?", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Port:
    """A port of a container; *published* is the machine's, None where Compose picks one; *address* where it listens."""

    target: int
    published: int | None
    address: str

    @property
    def anywhere(self) -> bool:
        """Whether every address of the machine has it: a sandbox could not pass it on otherwise."""
        return self.published is not None and self.address in ANYWHERE


@dataclass(frozen=True)
class Mount:
    """A volume or a file of the machine in a container; *kind* is `bind`, `volume`, `tmpfs`."""

    kind: str
    source: str
    target: str


@dataclass(frozen=True)
class Service:
    """One service. *environment* has values, some of them secret, so it is in no `repr`; *raw* is as the files say.

    *image* is that of the last stage of its Dockerfile where the service has only a build; *memory* is in bytes.
    """

    name: str
    image: str
    built_in: Path | None
    container_name: str | None
    ports: tuple[Port, ...]
    exposed: tuple[int, ...]
    command: str
    check: str
    needs: Mapping[str, str]
    profiles: tuple[str, ...]
    replicas: int
    memory: int | None
    cpus: float | None
    restart: str
    mounts: tuple[Mount, ...]
    environment: Mapping[str, str] = field(repr=False)
    raw: Mapping[str, Any] = field(repr=False)

    @property
    def words(self) -> str:
        """The image's own name, without registry and version, in small letters."""
        return self.image.rpartition("/")[2].partition("@")[0].partition(":")[0].lower()

    @property
    def targets(self) -> tuple[int, ...]:
        """The ports that the service listens on, as far as the project says so."""
        return tuple(dict.fromkeys((*(port.target for port in self.ports), *self.exposed)))

    def variable(self, name: str) -> str | None:
        """Return the one setting that the value of *name* is, as in `${SETTING}`; None where it is something else.

        A variable without a value in the files is passed on from the setting of its own name.
        """
        given = raw_environment(self.raw)
        return name if name in given and given[name] is None else sole_variable(given.get(name))

    def cannot_scale(self) -> str:
        """Say why a second replica cannot start, empty where it can."""
        if self.container_name:
            return f"container_name: {self.container_name} is fixed, and two containers cannot have one name"
        fixed = [str(port.published) for port in self.ports if port.published is not None]
        return f"the port {fixed[0]} of the machine is fixed, and two containers cannot both take it" if fixed else ""


def sole_variable(value: object) -> str | None:
    """Return the variable that *value* consists of, None where it is anything else."""
    text = str(value)
    found = VARIABLE.match(text)
    whole = found is not None and (text == found[0] or (text.startswith("${") and text.find("}") == len(text) - 1))
    return (found["braced"] or found["bare"]) if found and whole else None


def variables_in(value: object) -> set[str]:
    """Return the variables that a part of a project's JSON names, with keys of objects left out."""
    if isinstance(value, dict):
        return set().union(*map(variables_in, value.values()))
    if isinstance(value, list):
        return set().union(*map(variables_in, value))
    text = value.replace(_ESCAPED, "") if isinstance(value, str) else ""
    return {found["braced"] or found["bare"] for found in VARIABLE.finditer(text)}


def raw_environment(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of a service as the files write them."""
    given = raw.get("environment") or {}
    if isinstance(given, dict):
        return dict(given)
    parts = [str(item).partition("=") for item in given]
    return {name: value if sign else None for name, sign, value in parts}


def service(name: str, told: Mapping[str, Any], raw: Mapping[str, Any]) -> Service:
    """Return the service that Compose *told* of; *raw* is the same without values for its variables."""
    deploy = told.get("deploy") or {}
    limits = (deploy.get("resources") or {}).get("limits") or {}
    build = told.get("build") or {}
    memory, cpus = limits.get("memory") or told.get("mem_limit"), limits.get("cpus") or told.get("cpus")
    return Service(
        name=name,
        image=str(told.get("image") or _base(build)),
        built_in=Path(build["context"]) if build.get("context") else None,
        container_name=told.get("container_name"),
        ports=tuple(_port(each) for each in told.get("ports") or () if each.get("protocol", "tcp") == "tcp"),
        exposed=tuple(int(str(each).partition("/")[0].partition("-")[0]) for each in told.get("expose") or ()),
        command=" ".join(_words(told.get("entrypoint")) + _words(told.get("command"))),
        check=" ".join(_words((told.get("healthcheck") or {}).get("test"))),
        needs={other: str(how.get("condition", "")) for other, how in (told.get("depends_on") or {}).items()},
        profiles=tuple(told.get("profiles") or ()),
        replicas=int(deploy.get("replicas", told.get("scale", 1))),
        memory=int(memory) if memory else None,
        cpus=float(cpus) if cpus else None,
        restart=str(told.get("restart") or ""),
        mounts=tuple(_mount(each) for each in told.get("volumes") or ()),
        environment={key: str(value) for key, value in (told.get("environment") or {}).items() if value is not None},
        raw=raw,
    )


def _words(value: object) -> list[str]:
    return [str(word) for word in value] if isinstance(value, list) else [str(value)] if value else []


def _port(told: Mapping[str, Any]) -> Port:
    published = str(told.get("published") or "")
    return Port(int(told["target"]), int(published) if published.isdecimal() else None, str(told.get("host_ip") or ""))


def _mount(told: Mapping[str, Any]) -> Mount:
    return Mount(str(told.get("type")), str(told.get("source") or ""), str(told.get("target")))


def _base(build: Mapping[str, Any]) -> str:
    """Return what the last stage of a Dockerfile is made from, empty where that cannot be read."""
    path = Path(build.get("context") or "") / str(build.get("dockerfile") or "Dockerfile")
    try:
        text = build.get("dockerfile_inline") or path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    stages = {found["stage"]: found["image"] for found in _FROM.finditer(text) if found["stage"]}
    images = [found["image"] for found in _FROM.finditer(text)]
    last = images[-1] if images else ""
    for _ in images:
        last = stages.get(last, last)
    return last
