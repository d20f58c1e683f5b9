"""What a runbook's commands call Compose, containers and services, and whether the project has them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drills.adopt.notes import Note, asked, derived, left_out
from drills.runbook.documented import documented

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.compose.derived import Derived
    from drills.runbook.model import Command, Runbook

OLD, NEW = "docker-compose", "docker compose"
_OLD = re.compile(r"(?<![\w/.-])docker-compose\s")
_NEW = re.compile(r"(?<![\w/.-])docker\s+compose\s")
_CONTAINER = re.compile(
    r"(?<![\w/.-])docker\s+(?:exec|logs|restart|stop|start|kill|inspect|pause|unpause|top|port|update)\s+"
    r"(?P<options>(?:-\S+\s+(?:\d\S*\s+)?)*)(?P<name>[a-zA-Z][\w.-]+)"
)
_SCALE = re.compile(r"--scale[ =](?P<service>[\w.-]+)=(?P<number>\d+)")
_FILE = re.compile(r"docker[ -]compose\s+(?:\S+\s+)*?(?:-f|--file)[ =](?P<file>\S+)")
_OPTIONS_WITH_VALUES = re.compile(r"(?:^|\s)(?:-e|-u|-w|--env|--user|--workdir|-f|--format|--signal|-s|-t|--time)\s+$")


def compose_word(runbook: Runbook | None) -> str:
    """Return how the runbook calls Compose: the newer way only where it knows no other."""
    texts = [command.text for command in documented(runbook, originals=False)] if runbook else []
    return NEW if any(map(_NEW.search, texts)) and not any(map(_OLD.search, texts)) else OLD


def spelling_notes(runbook: Runbook, told: Derived) -> Iterator[Note]:
    """Yield what the project does not have of what the commands name, and what it cannot do."""
    texts = [command.text for command in documented(runbook, originals=False)]
    old, new = sum(bool(_OLD.search(text)) for text in texts), sum(bool(_NEW.search(text)) for text in texts)
    if old or new:
        both = "; a sandbox understands both" if old and new else ""
        yield derived("how the runbook calls Compose", f"`{OLD}` in {old} commands, `{NEW}` in {new}{both}")
    for command in documented(runbook, originals=False):
        yield from _unknown_containers(command, told)
        yield from _impossible_scales(command, told)
        if found := _FILE.search(command.text):
            why = f"line {command.line} of the runbook names {found['file']}, and so leaves out what stack.toml adds"
            yield asked(f"`{command.text}`", why)


def _unknown_containers(command: Command, told: Derived) -> Iterator[Note]:
    known = set(told.keys["scalable"]) | {each.container_name for each in told.project.services}
    numbered = {
        f"{told.project.name}-{each.name}-{n + 1}" for each in told.project.services for n in range(each.replicas)
    }
    for found in _CONTAINER.finditer(command.text):
        if found["name"] in known | numbered or _OPTIONS_WITH_VALUES.search(found["options"]):
            continue
        why = f"line {command.line} of the runbook names the container {found['name']}, which the project does not have"
        yield asked(f"`{command.text}`", why)


def _impossible_scales(command: Command, told: Derived) -> Iterator[Note]:
    services = {each.name: each for each in told.project.services}
    for found in _SCALE.finditer(command.text):
        name = found["service"]
        if name not in services:
            yield asked(f"`{command.text}`", f"line {command.line} of the runbook scales {name}, which is no service")
        elif int(found["number"]) > 1 and (why := services[name].cannot_scale()):
            yield left_out(f"`{command.text}`", f"line {command.line} of the runbook cannot work: {why}")
