"""A compose project as its files say it is: merged in their order, with variables filled in, and no engine asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import yaml

from drills.audit.errors import AuditError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_VARIABLE: Final = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<plain>[A-Za-z_]\w*)|\{(?P<name>[A-Za-z_]\w*)(?:(?P<op>:?[-+?])(?P<other>[^}]*))?\})"
)
_PORT: Final = re.compile(
    r"(?:(?P<address>\[[^\]]*\]|[\w.]*):)?(?:(?P<host>\d*)(?:-\d+)?:)?(?P<inner>\d+)(?:-\d+)?(?:/\w+)?"
)
TECHNOLOGIES: Final = {"postgres": ("pg", "postgres"), "redis": ("redis",), "mysql": ("mysql",), "mariadb": ("mysql",)}
"""How exporters call what an image holds."""
ONCE: Final = "service_completed_successfully"
EVERYWHERE: Final = "0.0.0.0"  # noqa: S104 - the address that is looked for
OTHER_FILES: Final = ("include", "extends")


@dataclass(frozen=True)
class Port:
    """A published port: the address it is bound to, the host's port (None where the engine chooses), and its own."""

    address: str
    host: int | None
    inner: int


@dataclass(frozen=True)
class Service:
    """One service: its name, and what its files say of it. *one_shot* is whether others wait for its end."""

    name: str
    said: Mapping[str, Any]
    one_shot: bool = False

    @property
    def container(self) -> str:
        """The name that the file gives its container, empty where Compose makes one."""
        return str(self.said.get("container_name") or "")

    @property
    def image(self) -> str:
        """The image, empty where it is built."""
        return str(self.said.get("image") or "")

    @property
    def technologies(self) -> tuple[str, ...]:
        """Names under which exporters know what the image holds."""
        return next((names for word, names in TECHNOLOGIES.items() if word in self.image), ())

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the files set; one without a value is the shell's, and is empty here."""
        held = self.said.get("environment") or {}
        if isinstance(held, list):
            pairs = (str(each).partition("=") for each in held)
            return {name: value for name, _, value in pairs}
        return {str(name): "" if value is None else str(value) for name, value in held.items()}

    @property
    def ports(self) -> tuple[Port, ...]:
        """The published ports."""
        return tuple(filter(None, (_port(each) for each in self.said.get("ports") or ())))

    @property
    def replicas(self) -> int:
        """How many containers the file asks for."""
        deploy = self.said.get("deploy") or {}
        asked = str(self.said.get("scale") or deploy.get("replicas") or "1")
        return int(asked) if asked.isdigit() else 1


@dataclass(frozen=True)
class Project:
    """A project: *folder* is that of its first file, *settings* are the variables that were filled in.

    *unread* are keys that name further files, which are not read here.
    """

    name: str
    folder: Path
    services: tuple[Service, ...]
    settings: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()

    def service(self, name: str) -> Service | None:
        """Return the service of that name, None where there is none."""
        return next((each for each in self.services if each.name == name), None)

    def containers(self) -> frozenset[str]:
        """Return the names of all containers, as the files give them or as Compose makes them."""
        made = (
            {each.container} if each.container else {f"{self.name}-{each.name}-{number}" for number in (1, 2, 3)}
            for each in self.services
        )
        return frozenset(name for names in made for name in names)

    @property
    def published(self) -> frozenset[int]:
        """The ports of the host on which the project answers."""
        return frozenset(port.host for each in self.services for port in each.ports if port.host)


def read_project(files: Sequence[Path], settings: Path | None = None) -> Project:
    """Read the compose *files* of a project, and its variables: *settings*, or `.env` beside the first file.

    Raises AuditError where one is no compose file.
    """
    folder = files[0].resolve().parent
    values = _settings(settings or folder / ".env", needed=settings is not None)
    held = [_held(file) for file in files]
    services: dict[str, dict[str, Any]] = {}
    for each in held:
        for name, said in each["services"].items():
            services[name] = _merged(services.get(name, {}), said or {})
    filled = {name: _filled(said, values) for name, said in services.items()}
    project = next((str(each["name"]) for each in held if each.get("name")), folder.name)
    once = frozenset(_completed(filled.values()))
    unread = {key for each in held for key in OTHER_FILES if key in each or key in _keys(each)}
    made = tuple(Service(name, said, name in once) for name, said in filled.items())
    return Project(_text(project, values), folder, made, values, tuple(sorted(unread)))


def _keys(held: Mapping[str, Any]) -> set[str]:
    return {key for said in held["services"].values() for key in said or ()}


def _held(file: Path) -> dict[str, Any]:
    try:
        held = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise AuditError(f"{file}: the compose file cannot be read ({' '.join(str(error).split())})") from None
    if not isinstance(held, dict) or not isinstance(held.get("services"), dict):
        raise AuditError(f"{file}: no services; expected a compose file")
    return held


def _settings(file: Path, *, needed: bool) -> dict[str, str]:
    if not file.is_file() and not needed:
        return {}
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AuditError(f"{file}: the settings cannot be read ({error})") from None
    pairs = (line.partition("=") for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip().removeprefix("export "): value.strip().strip("'\"") for name, _, value in pairs}


def _merged(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return a service as two files together say it is: mappings and lists are joined, anything else is replaced."""
    whole = dict(below)
    for key, value in above.items():
        held = whole.get(key)
        if isinstance(held, dict) and isinstance(value, dict):
            whole[key] = _merged(held, value)
        elif isinstance(held, list) and isinstance(value, list) and key not in ("command", "entrypoint"):
            whole[key] = [*held, *value]
        else:
            whole[key] = value
    return whole


def _filled(held: Any, values: Mapping[str, str]) -> Any:
    match held:
        case dict():
            return {key: _filled(value, values) for key, value in held.items()}
        case list():
            return [_filled(each, values) for each in held]
        case str():
            return _text(held, values)
    return held


def _text(text: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: _value(found, values), text)


def _value(found: re.Match[str], values: Mapping[str, str]) -> str:
    if found["escaped"]:
        return "$"
    name, op = found["plain"] or found["name"], found["op"] or ""
    value = values.get(name)
    missing = not value if op.startswith(":") else value is None
    if op.endswith("-") and missing:
        return str(found["other"])
    if op.endswith("+"):
        return "" if missing else str(found["other"])
    return value or ""


def _port(said: Any) -> Port | None:
    if isinstance(said, dict):
        host = str(said.get("published") or "")
        return Port(str(said.get("host_ip") or EVERYWHERE), int(host) if host.isdigit() else None, int(said["target"]))
    match = _PORT.fullmatch(str(said))
    if match is None:
        return None
    host = match["host"]
    address = match["address"] or ""
    if host is None and address.isdigit():
        # `3000:80` has one colon: what stands before it is the port of the host.
        host, address = address, ""
    return Port(address or EVERYWHERE, int(host) if host else None, int(match["inner"]))


def _completed(services: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    """Yield the services for whose end another one waits."""
    for said in services:
        asked = said.get("depends_on")
        if isinstance(asked, dict):
            yield from (name for name, how in asked.items() if (how or {}).get("condition") == ONCE)
