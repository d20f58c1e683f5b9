"""What the project itself says: roles, ports, credentials, limits, health, scaling, and what only its owner knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.adopt.faults import has_password
from drills.adopt.notes import Note, asked, derived, guessed, left_out
from drills.compose.kinds import Kind
from drills.compose.secret_names import secrets_of
from drills.compose.service import COMPLETED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.compose.derived import Derived
    from drills.compose.service import Service

MIB = 2**20
UNUSABLE = {
    Kind.MYSQL: "the engine has no client for MySQL: its container can be broken, what it holds is not seen",
    Kind.STORE: "the engine has no client for it: its container can be broken, what it holds is not seen",
}


def project_notes(told: Derived) -> Iterator[Note]:
    """Yield the notes of the project."""
    yield derived("the project", f"`{told.project.name}`, of {', '.join(file.name for file in told.project.files)}")
    yield from _roles(told)
    for service in told.project.services:
        yield from _service(service, told)
    for name, profiles in told.project.idle.items():
        yield left_out(name, f"it is only in the profile {', '.join(profiles)}; choose that with --profile")
    drawn = secrets_of(told)
    unknown = [each for each in told.project.warnings if not any(f'"{name}"' in each for name in drawn)]
    yield from (asked("a warning of Compose", warning.rstrip(".")) for warning in unknown)
    yield from _parts(told)


def _roles(told: Derived) -> Iterator[Note]:
    for role in told.roles:
        if role.name != role.service:
            note = guessed if role.guessed else derived
            yield note(f"the role {role.name}", f"{role.service}: {role.why}")
    if "gateway" not in told.keys["roles"]:
        yield asked("the role gateway", "no service says on which port it serves users; write [roles] and [ports]")


def _service(service: Service, told: Derived) -> Iterator[Note]:
    kind = told.kinds[service.name]
    if kind.kind is Kind.ONE_SHOT:
        note = guessed if kind.guessed else derived
        yield note(f"{service.name} ends by itself", kind.why)
        if not any(service.name in each.needs for each in told.project.services):
            why = "a sandbox boots with `up --wait`, which fails over it: let a service depend on it by "
            yield asked(f"the end of {service.name}", f"{why}{COMPLETED}")
        return
    facts = [f"{kind.kind}, as {kind.why}"] if kind.kind in UNUSABLE else []
    facts += [f"{service.memory // MIB} MiB of memory at most"] if service.memory else []
    facts += [f"{service.cpus:g} of a processor at most"] if service.cpus else []
    facts += [f"{service.replicas} replicas"] if service.replicas != 1 else []
    facts += ["a health check"] if service.check and "NONE" not in service.check.split() else []
    facts += [f"needs {', '.join(service.needs)}"] if service.needs else []
    why_not = service.cannot_scale()
    facts.append(f"cannot be scaled: {why_not}" if why_not else "can be scaled")
    yield (guessed if kind.guessed and kind.kind in UNUSABLE else derived)(service.name, "; ".join(facts))
    if not service.check:
        yield left_out(
            f"the health of {service.name}", "it has no health check, so a boot does not wait until it answers"
        )
    if kind.kind in UNUSABLE:
        yield left_out(f"what {service.name} holds", UNUSABLE[kind.kind])


def _parts(told: Derived) -> Iterator[Note]:
    keys, roles = told.keys, told.keys["roles"]
    secret = secrets_of(told)
    if secret:
        why = "by their names; a sandbox draws values of its own. One that needs a form (base64, a length) fails: "
        yield guessed(f"the secrets {', '.join(secret)}", f"{why}list the others as `secrets` then")
    if "database" in keys:
        yield derived(
            "the database",
            f"`{keys['database']['name']}` of the user `{keys['database']['user']}`; its "
            f"password is the variable {keys['database']['password']}",
        )
    elif "database" in roles:
        yield left_out(
            "what the database holds", "no variable of its service holds the password; a file of a secret does"
        )
    if "object_store" in roles and "objects" not in keys:
        yield left_out("what the object store holds", "no variable, or more than one, names its bucket: [objects]")
    cache = told.service("cache")
    if cache and has_password(cache):
        yield left_out(
            "what Redis holds", "it asks for a password, which the engine's client in a sandbox does not have"
        )
    if "metrics" not in roles:
        yield left_out("every alert", "the project has no Prometheus: no drill can see whether an alert fires")
    elif "rules" not in keys:
        why = "`rule_files` of your Prometheus has no pattern in a mounted folder that one more file would match"
        yield left_out("the rules of the runbook", f"{why}; name such a file as `rules` in stack.toml")
    if "metrics" in roles and "alerts" not in roles:
        yield left_out("whether anybody is told", "the project has no Alertmanager")
    yield from _questions(roles)


def _questions(roles: dict[str, str]) -> Iterator[Note]:
    if "worker" in roles:
        why = "its length is not watched and lost jobs are not counted until [queue] names a BullMQ queue"
        yield asked("the queue, and the table of its jobs", why)
    yield asked(
        "how a session can be had", "drills send requests without one until the suite has a locustfile of its own"
    )
    yield asked(
        "whose address counts", "limits by address are not tried until targets.toml says `forwarded_for_believed`"
    )
    yield asked(
        "lines to run before the first start", "migrations and buckets that no service makes: [boot] in stack.toml"
    )
