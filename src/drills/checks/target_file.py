"""Read a target by its name: a table of targets.toml, a URL, or another TOML file; and see that its host answers."""

from __future__ import annotations

import os
import re
import socket
import ssl
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import quote, urlsplit

from drills.checks import Target, TargetError
from drills.common.proxy import proxy_of

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T", bound=Target)
FILE: Final = "targets.toml"
PORTS: Final = {"http": 80, "https": 443}
NOT_IN_A_FILE: Final = {"sandbox"}
"""What the engine alone says of a target: a file could call any system a sandbox."""
BESIDE: Final = ("runbook", "openapi")
"""Keys of files, which are looked for beside the file with the target."""
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def load_target(text: str, own: Path, target_type: type[T]) -> T:
    """Return the target that `text` names.

    `text` is the name of a table in ./targets.toml or in the suite's *own*, an http(s) URL of a front door, or a TOML
    file with one target; `file.toml#table` picks one of several. *target_type* says which keys a table may have.
    Raises TargetError, one sentence, when it names nothing.
    """
    if "://" in text:
        return target_type.from_url(text)
    name, _, section = text.partition("#")
    if name.endswith(".toml") or Path(name).name != name:
        return from_toml(Path(name), section or None, target_type)
    return _named(name, own, target_type)


def from_toml(path: Path, section: str | None, target_type: type[T]) -> T:
    """Read a target from the top level of `path`, or from its table `section`.

    Every text may hold `${VARIABLES}` of the environment. Raises TargetError for a file that cannot be
    read, an unknown key, a value of the wrong kind, or a variable that is not set.
    """
    where = f"{path}#{section}" if section else str(path)
    known = set(target_type.model_fields) - NOT_IN_A_FILE
    table = _table(path, section, where, known)
    unknown = sorted(set(table) - known)
    if unknown:
        raise TargetError(f"{where}: unknown key {unknown[0]!r}; the keys of a target are {', '.join(sorted(known))}.")
    if "front_url" not in table:
        raise TargetError(f"{where}: front_url is missing; it is the one address that every target needs.")
    values = {key: _expand(value, os.environ, f"{where}: {key}") for key, value in table.items()}
    unknown = sorted(set(values.get("without") or ()) - set(known))
    if unknown:
        raise TargetError(f"{where}: without names {unknown[0]!r}, which is no key of a target.")
    for key in BESIDE:
        if isinstance(values.get(key), str):
            values[key] = str(path.parent / Path(values[key]).expanduser())
    return target_type(**{"name": section or path.stem, **values})


def _named(name: str, own: Path, target_type: type[T]) -> T:
    """Find the table *name* in ./targets.toml, or else in the suite's own file."""
    known: list[str] = []
    for path in (Path.cwd() / FILE, own):
        if path.is_file():
            tables = _document(path)
            if name in tables:
                return from_toml(path, name, target_type)
            known += [table for table in tables if table not in known]
    raise TargetError(
        f"there is no target {name!r}: expected one of {', '.join(known)} (tables of ./{FILE} and {own}), "
        "a URL like http://host:3000, or a TOML file."
    )


def _document(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TargetError(f"there is no target file {path}.") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TargetError(f"{path}: this is not a readable TOML file ({error}); correct it.") from None


def _table(path: Path, section: str | None, where: str, known: set[str]) -> dict[str, Any]:
    document = _document(path)
    if section is None:
        tables = [key for key, value in document.items() if isinstance(value, dict) and key not in known]
        if tables:
            raise TargetError(f"{path}: say which of its tables is meant, such as {path.name}#{tables[0]}.")
        return document
    table = document.get(section)
    if not isinstance(table, dict):
        raise TargetError(f"{where}: the file has no table [{section}]; its tables are {', '.join(document)}.")
    return table


def _expand(value: Any, environment: Mapping[str, str], where: str) -> Any:
    """Fill in the variables; inside a URL they are percent-encoded, so that any password may stand there."""
    if isinstance(value, list):
        return [_expand(one, environment, where) for one in value]
    if isinstance(value, dict):
        return {key: _expand(one, environment, f"{where}.{key}") for key, one in value.items()}
    if not isinstance(value, str):
        return value
    whole = _VARIABLE.fullmatch(value)
    encode = "://" in value and whole is None

    def filled(match: re.Match[str]) -> str:
        value = environment.get(match[1], "")
        if not value:
            raise TargetError(f"{where} needs the environment variable {match[1]}, which is not set; export it first.")
        return quote(value, safe="") if encode else value

    return _VARIABLE.sub(filled, value)


def require_ca_file(target: Target) -> None:
    """Return when the certificates of ca_file can be read; raises TargetError, one sentence with file and key."""
    if target.ca_file is None:
        return
    try:
        ssl.create_default_context(cafile=target.ca_file)
    except ssl.SSLError:
        raise TargetError(f"{target.name}: ca_file: {target.ca_file} holds no certificate in PEM form.") from None
    except OSError as error:
        raise TargetError(f"{target.name}: ca_file: {target.ca_file} cannot be read ({error.strerror}).") from None


def require_host(target: Target) -> None:
    """Return when the host of the front door resolves and answers; a refused connection is an answer.

    A name that only a proxy of the environment resolves is not resolved here: then the proxy has to answer.
    Raises TargetError, one sentence, when it does not: without a connection no check can say anything.
    """
    proxy = proxy_of(target.front_url)
    parts = urlsplit(proxy or target.front_url)
    host, port = str(parts.hostname), parts.port or PORTS.get(parts.scheme, PORTS["http"])
    what = "the proxy variables of the environment" if proxy else "front_url"
    try:
        socket.create_connection((host, port), timeout=target.timeout_s).close()
    except ConnectionRefusedError:
        if proxy:
            raise TargetError(f"{target.name}: the proxy {host}:{port} refuses connections; correct {what}.") from None
    except socket.gaierror:
        raise TargetError(f"{target.name}: the name {host!r} does not resolve from here; correct {what}.") from None
    except OSError as error:
        why = f"no answer within {target.timeout_s:g} s" if isinstance(error, TimeoutError) else str(error)
        raise TargetError(f"{target.name}: {host}:{port} cannot be reached from here ({why}).") from None
