"""Audit: scripts by shellcheck, the programs that they start, and options that their usage names and nothing reads."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from drills.audit.finding import Finding, Kind, NotRun, Severity
from drills.runbook.programs import functions, programs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drills.audit.finding import Result
    from drills.audit.material import Material

AUDIT: Final = "scripts"
LINTER: Final = "shellcheck"
ANSWERS_S: Final = 60.0
LEVELS: Final = {"error": Severity.HIGH, "warning": Severity.MEDIUM}
"""Of shellcheck's levels; what it calls info or style is no finding of an audit."""
PROGRAM: Final = Kind(AUDIT, "no-program", Severity.HIGH, "Install the program, or use one that is there.")
OPTION: Final = Kind(AUDIT, "unread-option", Severity.MEDIUM, "Read the option, or take it out of the usage.")
SHELL: Final = re.compile(r"^#!.*\b(?:ba|da|k)?sh\b")
_OPTION: Final = re.compile(r"(?<![\w-])--[a-z][\w-]+")
_USAGE: Final = re.compile(r"^(?:\s*#.*|.*\b[Uu]sage\b.*)$", re.MULTILINE)


def audit(material: Material) -> Iterator[Result]:
    """Yield what is wrong with each script."""
    if not material.scripts:
        yield NotRun(AUDIT, "no scripts were given (--scripts)")
        return
    files = [file for file in material.scripts if file.suffix == ".sh" or SHELL.match(_text(file))]
    yield from _checked(files)
    defined = {name for file in files for name in functions(_text(file))}
    has = material.console.has if material.console else lambda name: shutil.which(name) is not None
    for file in files:
        text = _text(file)
        for name in dict.fromkeys(programs(_code(text))):
            if not has(name) and name not in defined:
                yield PROGRAM.found(f"{file.name}-{name}", f"{file.name} starts {name}, which is not there", file.name)
        yield from _options(file, text)


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def _code(text: str) -> str:
    """Return a script without its comments and without the bodies of `case`, which are not read as commands."""
    return re.sub(r"\bcase\b.*?\besac\b", "", re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE), flags=re.DOTALL)


def _options(file: Path, text: str) -> Iterator[Finding]:
    usage = "\n".join(_USAGE.findall(text))
    read = _USAGE.sub("", text)
    own = f"{file.name} " in usage
    for name in dict.fromkeys(_OPTION.findall(usage)) if own else ():
        if name not in read:
            yield OPTION.found(
                f"{file.name}{name}", f"{file.name} does not read {name}", f"{file.name}: its usage names it"
            )


def _checked(files: Sequence[Path]) -> Iterator[Result]:
    beside = Path(sys.executable).with_name(LINTER)
    program = str(beside) if beside.is_file() else shutil.which(LINTER)
    if program is None:
        yield NotRun(AUDIT, "what shellcheck would find: it is not installed here")
        return
    done = subprocess.run(
        [program, "--format=json", *map(str, files)], capture_output=True, text=True, check=False, timeout=ANSWERS_S
    )
    try:
        found = json.loads(done.stdout)
    except json.JSONDecodeError:
        yield NotRun(AUDIT, f"shellcheck gave no answer: {done.stderr.strip()[-200:]}")
        return
    for each in found:
        severity = LEVELS.get(each["level"])
        if severity is not None:
            code, file = f"SC{each['code']}", Path(each["file"]).name
            kind = Kind(AUDIT, code, severity, f"Read https://www.shellcheck.net/wiki/{code}.")
            yield kind.found(file, f"{file}: {each['message']}", f"{file}:{each['line']}")
