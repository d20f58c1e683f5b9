"""A compose file of our own, beside the owner's, that publishes the ports which a drill has to reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.adopt.notes import Note, derived, left_out
from drills.compose.kinds import USUAL_PORT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.compose.derived import Derived
    from drills.compose.service import Service

NAME = "published.yaml"
REACHED = ("gateway", "database", "cache", "object_store", "metrics", "alerts")
"""The roles that a drill asks from outside of the containers."""
HEAD = """# Ports that drills have to reach from outside of the containers. Only a sandbox reads this file:
# `environment` in stack.toml names it beside your own. `!override` needs Compose 2.24.4 or newer.
services:
"""


def overlay(told: Derived) -> tuple[str, tuple[Note, ...]]:
    """Return the text of the file, empty where it needs no port, and a note of each port."""
    text, notes = [], []
    taken = {port.published for each in told.project.services for port in each.ports if port.published}
    for role in REACHED:
        service = told.service(role)
        if service is None or role in told.keys["ports"]:
            continue
        target = _target(service, told)
        if target is None:
            notes.append(left_out(f"the port of {service.name}", "the project does not say on which port it listens"))
        elif service.replicas != 1:
            notes.append(left_out(f"the port of {service.name}", "replicas of one service cannot share a port"))
        else:
            # A port that is bound to one address keeps its number: the owner's file no longer takes it.
            published = next((port.published for port in service.ports if port.target == target), None)
            number = published or next(each for each in range(target, 65536) if each not in taken)
            taken.add(number)
            text.append(f"  {service.name}:\n    ports: !override\n" + "".join(_lines(service, target, number)))
            why = f"{service.name} has none on every address, so {NAME} publishes it, in the sandbox alone"
            notes.append(derived(f"the port {number} of the role {role}", why))
    return HEAD + "".join(text) if text else "", tuple(notes)


def _target(service: Service, told: Derived) -> int | None:
    usual = USUAL_PORT.get(told.kinds[service.name].kind)
    return usual or next(iter(service.targets), None)


def _lines(service: Service, target: int, number: int) -> Iterator[str]:
    """Yield each port: `!override` drops those of the owner's file, so they are said again, on every address."""
    yield f'      - "{number}:{target}"\n'
    for port in service.ports:
        if port.target != target:
            yield f'      - "{port.published}:{port.target}"\n' if port.published else f'      - "{port.target}"\n'
