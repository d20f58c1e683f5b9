"""What other commands name: files, scripts and their options, ports, settings, databases, tables, keys."""

from __future__ import annotations

import itertools
import os
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from drills.audit.finding import Finding, Kind, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drills.audit.command_facts import Facts

AUDIT: Final = "commands"
FILE: Final = Kind(AUDIT, "no-file", Severity.HIGH, "Name a file of the project folder, or add it.")
CLOSED: Final = Kind(AUDIT, "not-executable", Severity.HIGH, "Make it executable: `chmod +x`.")
OPTION: Final = Kind(AUDIT, "no-option", Severity.HIGH, "Give an option that the script reads.")
PORT: Final = Kind(AUDIT, "no-port", Severity.HIGH, "Ask a port that the compose file publishes, or publish it.")
SETTING: Final = Kind(
    AUDIT, "no-setting", Severity.HIGH, "Name a setting that is there: sed changes nothing otherwise."
)
DATABASE: Final = Kind(AUDIT, "no-database", Severity.HIGH, "Name the database and the user of the compose file.")
TABLE: Final = Kind(AUDIT, "no-table", Severity.HIGH, "Name a table that the system creates.")
KEY: Final = Kind(AUDIT, "no-key", Severity.MEDIUM, "Name the key as the system's sources do.")
LOCAL: Final = frozenset(("localhost", "127.0.0.1", "0.0.0.0", "[::1]", "::1"))  # noqa: S104 - words of a command
USUAL: Final = {"http": 80, "https": 443}
CLIENTS: Final = frozenset(("curl", "wget", "http", "https"))
_SETTING: Final = re.compile(r"s(?P<cut>[/|#,])\^(?P<name>[A-Za-z_]\w*)=")
_READ: Final = re.compile(
    r"\b(?:FROM|INTO|UPDATE|JOIN|TABLE|TRUNCATE(?: TABLE)?|ON)\s+(?:ONLY\s+)?\"?([a-z_]\w*)\"?(?!\w*\()", re.IGNORECASE
)
OF_POSTGRES: Final = re.compile(
    r"pg_\w+|information_schema|if|select|lateral|concurrently|exists|conflict", re.IGNORECASE
)
OF_KEYS: Final = frozenset(
    [
        "DEL",
        "EXISTS",
        "EXPIRE",
        "GET",
        "HGET",
        "HGETALL",
        "HLEN",
        "KEYS",
        "LINDEX",
        "LLEN",
        "LPUSH",
        "LRANGE",
        "LREM",
        "RPOPLPUSH",
        "RPUSH",
        "SCARD",
        "SET",
        "SMEMBERS",
        "TTL",
        "TYPE",
        "UNLINK",
        "ZADD",
        "ZCARD",
        "ZCOUNT",
        "ZRANGE",
        "ZREM",
        "LMOVE",
    ]
)
LONG: Final = 3
"""Letters of a part of a key that is looked for; shorter ones are anywhere."""


def elsewhere(words: Sequence[str], known: Facts) -> Iterator[Finding]:
    """Yield what the command names and the project lacks."""
    inner = _inside(words)
    shown = f"`{' '.join(words)}`"
    yield from _script(inner[0], inner[1:], known)
    yield from _addresses(inner, known, shown)
    yield from _files(inner, known, shown)
    if inner[0] == "sed" and any(word.endswith(".env") for word in inner):
        yield from _settings(inner, known, shown)
    if inner[0] in ("psql", "pg_isready", "pg_dump"):
        yield from _databases(inner, known, shown)
        yield from _tables(" ".join(inner[1:]), known, shown)
    if inner[0] == "redis-cli":
        yield from _keys(inner, known, shown)


def _inside(words: Sequence[str]) -> list[str]:
    """Return what a command types inside a container, or the command itself."""
    programs = ("psql", "pg_isready", "pg_dump", "redis-cli")
    at = next((place for place, word in enumerate(words) if word in programs), 0)
    return list(words[at:]) if words[0] in ("docker", "docker-compose") else list(words)


def _script(name: str, given: Sequence[str], known: Facts) -> Iterator[Finding]:
    if "/" not in name or name.startswith(("/", "~", "$", "http")) or set(name) & set("$<*{"):
        return
    file = known.folder / name
    if not file.is_file():
        yield FILE.found(name.removeprefix("./"), f"the script {name} is not there", f"`{name}` in {known.folder.name}")
        return
    if not os.access(file, os.X_OK):
        yield CLOSED.found(name.removeprefix("./"), f"{name} cannot be executed", f"`{name}`")
    text = file.read_text(encoding="utf-8", errors="replace")
    for word in given:
        option = word.partition("=")[0]
        if option.startswith("--") and len(option) > LONG and option not in text:
            yield OPTION.found(
                f"{file.name}{option}", f"{file.name} does not read {option}", f"`{name} {' '.join(given)}`"
            )


def _addresses(words: Sequence[str], known: Facts, shown: str) -> Iterator[Finding]:
    if words[0] in CLIENTS:
        for word in words[1:]:
            yield from _address(word, known, shown)
    for word in words[1:]:
        number = re.fullmatch(r":(\d{2,5})", word) if "grep" in words[0] else re.fullmatch(r"(\d{2,5})/tcp", word)
        if number:
            yield from _port(int(number[1]), known, shown)


def _address(word: str, known: Facts, shown: str) -> Iterator[Finding]:
    text = word if "://" in word else f"http://{word}" if re.match(r"(?:localhost|127\.0\.0\.1)[:/]", word) else ""
    if not text:
        return
    try:
        parts = urlsplit(text)
        number = parts.port or USUAL.get(parts.scheme)
    except ValueError:
        return
    if parts.hostname in LOCAL and number:
        yield from _port(number, known, shown)


def _port(number: int, known: Facts, shown: str) -> Iterator[Finding]:
    if number not in known.project.published:
        ports = ", ".join(map(str, sorted(known.project.published))) or "none"
        yield PORT.found(str(number), f"nothing is published on port {number}", f"{shown}; published: {ports}")


def _files(words: Sequence[str], known: Facts, shown: str) -> Iterator[Finding]:
    """Yield files that curl reads: `@format`, `-F file=@schedule`."""
    if words[0] not in CLIENTS:
        return
    for word in words[1:]:
        found = re.fullmatch(r"(?:\w+=)?@([\w./-]+)(?:;.*)?", word)
        if found and found[1] != "-" and not (known.folder / found[1]).is_file():
            yield FILE.found(found[1], f"the file {found[1]} is not there", shown)


def _settings(words: Sequence[str], known: Facts, shown: str) -> Iterator[Finding]:
    for match in (_SETTING.search(word) for word in words):
        if match and known.settings and match["name"] not in known.settings:
            yield SETTING.found(match["name"], f"no setting is called {match['name']}", shown)


def _databases(words: Sequence[str], known: Facts, shown: str) -> Iterator[Finding]:
    environments = [each.environment for each in known.project.services if "postgres" in f"{each.name} {each.image}"]
    for option, variable in (("-U", "POSTGRES_USER"), ("-d", "POSTGRES_DB")):
        there = {held[variable] for held in environments if held.get(variable)}
        given = [after for word, after in itertools.pairwise(words) if word == option]
        for name in given:
            if there and name not in {*there, "postgres"} and "$" not in name:
                yield DATABASE.found(name, f"{variable} is not {name}", f"{shown}; it is {', '.join(sorted(there))}")


def _tables(text: str, known: Facts, shown: str) -> Iterator[Finding]:
    if not known.tables:
        return
    for name in dict.fromkeys(_READ.findall(re.sub(r"interval\s+'[^']*'|'[^']*'", "", text))):
        if name not in known.tables and not OF_POSTGRES.fullmatch(name):
            told = f"{shown[:160]}; tables: {', '.join(sorted(known.tables))}"
            yield TABLE.found(name, f"no table is called {name}", told)


def _keys(words: Sequence[str], known: Facts, shown: str) -> Iterator[Finding]:
    """Yield a key of Redis of which a part stands nowhere in the project's own files."""
    if not known.sources:
        return
    given = [after for word, after in itertools.pairwise(words) if word.upper() in OF_KEYS or word == "--pattern"]
    for written in given:
        parts = [part for part in re.split(r"[:*?\[\]]", written) if len(part) >= LONG and not set(part) & set("$<>{}")]
        lost = [part for part in parts if part not in known.sources]
        if ":" in written and lost:
            yield KEY.found(written, f"nothing in the project names the key {written}", f"{shown}: {', '.join(lost)}")
