"""Audit: what a compose project lacks: health checks, restarts, limits, closed ports, secrets, versions, scaling."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from drills.audit.finding import Finding, Kind, NotRun, Severity
from drills.audit.project import EVERYWHERE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.audit.finding import Result
    from drills.audit.material import Material
    from drills.audit.project import Service

AUDIT: Final = "compose"
HEALTH: Final = Kind(AUDIT, "healthcheck", Severity.MEDIUM, "Add a healthcheck that asks the service itself.")
RESTART: Final = Kind(AUDIT, "restart", Severity.MEDIUM, "Add `restart: unless-stopped`.")
MEMORY: Final = Kind(AUDIT, "memory-limit", Severity.MEDIUM, "Set mem_limit, or deploy.resources.limits.memory.")
OPEN: Final = Kind(AUDIT, "open-port", Severity.HIGH, "Bind the port to 127.0.0.1, or to the address that needs it.")
PASSWORD: Final = Kind(
    AUDIT, "default-password", Severity.HIGH, "Take a secret from the environment, without a default."
)
LATEST: Final = Kind(AUDIT, "latest-tag", Severity.MEDIUM, "Name a version, or a digest.")
SCALING: Final = Kind(AUDIT, "scaling", Severity.HIGH, "Leave out container_name, and publish the port elsewhere.")
SECRET: Final = re.compile(r"(?:^|_)(?:PASSWORD|PASSWD|PASS|SECRET|SECRET_KEY|ROOT_USER|API_KEY|TOKEN)(?:_|$)")
USUAL: Final = re.compile(
    r"(?i)(?:my[-_]?)?(?:admin|root|password|passw0rd|postgres|redis|minio|minioadmin|guest|rabbitmq|example|test|demo"
    r"|secret|default|user|change[-_]?me|changethis|changeit|12345\d*|letmein|qwerty|grafana|mysql)"
    r"(?:[-_]?(?:password|pass|secret|key|\d{1,4}))?"
)
IN_ADDRESS: Final = re.compile(r"\w+://[^/\s:@]*:([^/\s@]+)@")
STORES: Final = (3306, 5432, 6379, 9200, 11211, 27017, 5672, 15672, 9000, 9090, 9093)


def audit(material: Material) -> Iterator[Result]:
    """Yield what each service lacks."""
    project = material.project
    if project is None:
        yield NotRun(AUDIT, "no compose file was given (--compose)")
        return
    if project.unread:
        yield NotRun(AUDIT, f"what `{'` and `'.join(project.unread)}` of the compose files names was not read")
    for service in project.services:
        yield from _service(service)
        if service.replicas > 1:
            yield from fixed(service, f"its file asks for {service.replicas} containers")


def _service(service: Service) -> Iterator[Finding]:
    said, name = service.said, service.name
    checked = said.get("healthcheck") or {}
    if not service.one_shot:
        if not checked or checked.get("disable") or checked.get("test") in (["NONE"], "NONE"):
            yield HEALTH.found(name, f"{name} has no health check", "its file has no healthcheck, or disables it")
        policy = said.get("restart") or (said.get("deploy") or {}).get("restart_policy")
        if policy in (None, "no", False):
            yield RESTART.found(name, f"{name} is not restarted when it ends", f"restart: {said.get('restart', '-')}")
    if not _memory(service):
        yield MEMORY.found(name, f"{name} may take all memory", "neither mem_limit nor deploy.resources.limits.memory")
    yield from _open(service)
    yield from _passwords(service)
    yield from _image(service)


def _memory(service: Service) -> bool:
    limits = ((service.said.get("deploy") or {}).get("resources") or {}).get("limits") or {}
    return bool(service.said.get("mem_limit") or limits.get("memory"))


def _open(service: Service) -> Iterator[Finding]:
    """Yield the ports that every network reaches; of a store as high, of what users are to reach as low."""
    for port in service.ports:
        if port.address in (EVERYWHERE, "[::]", "*"):
            kind = OPEN if port.inner in STORES else Kind(AUDIT, OPEN.name, Severity.LOW, OPEN.proposal)
            told = f"port {port.inner} is published on {port.address}:{port.host or ''}"
            yield kind.found(f"{service.name}-{port.inner}", f"{service.name} is open to every network", told)


def _passwords(service: Service) -> Iterator[Finding]:
    for name, value in service.environment.items():
        address = IN_ADDRESS.search(value)
        secret = address[1] if address else value if SECRET.search(name.upper()) else ""
        if secret and USUAL.fullmatch(secret):
            told = f"{name} of {service.name} has one of the values that everybody tries first"
            yield PASSWORD.found(f"{service.name}-{name}", f"{service.name} has a default password", told)


def _image(service: Service) -> Iterator[Finding]:
    image = service.image
    if not image or "@sha256:" in image or service.said.get("build"):
        return
    tag = image.rpartition("/")[2].partition(":")[2]
    if tag in ("", "latest"):
        yield LATEST.found(service.name, f"{service.name} runs whatever image is newest", f"image: {image}")


def fixed(service: Service, asked: str) -> Iterator[Finding]:
    """Yield why the service cannot have several containers; *asked* is the words for what wants them."""
    if service.container:
        told = f"{asked}, and container_name is {service.container}"
        yield SCALING.found(service.name, f"{service.name} cannot be scaled", told)
    elif any(port.host for port in service.ports):
        told = f"{asked}, and it publishes port {next(port.host for port in service.ports if port.host)} of the host"
        yield SCALING.found(service.name, f"{service.name} cannot be scaled", told)
