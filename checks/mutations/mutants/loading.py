"""How the running reference stack loads another text of one of its files, within seconds and without a new image."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from drills.mutants.plan import RefusedError

if TYPE_CHECKING:
    from drills.sandbox.stack import Stack

APP: Final = "/srv/app/stack"
"""Where the services' sources are in their images."""
SCRATCH: Final = "/tmp"  # noqa: S108 - of the sandbox, which is removed as a whole
SERVICES: Final = {"backend": ("backend",), "worker": ("pdf-worker",), "common": ("backend", "pdf-worker")}
PORTS: Final = {"backend": 8000, "pdf-worker": 8001}
SETTING: Final = re.compile(r"^(\w+)=(.*)$", re.MULTILINE)
CONTAINERS: Final = "docker ps -aq --filter label=com.docker.compose.service={service}"
OPTIONS: Final = "PGOPTIONS='-c lock_timeout=2s -c client_min_messages=error'"
SQL: Final = f"docker exec -e {OPTIONS} postgres psql -qU schedgen -d schedgen -c"
NO_KEYS: Final = "docker exec redis redis-cli -e FLUSHALL > /dev/null"
EMPTY: Final = (
    NO_KEYS,
    "docker exec minio sh -c 'rm -rf /data/pdf-uploads/*'",
    f"{SQL} 'TRUNCATE jobs, users, calendars, calendar_events'",
)
"""What leaves the stores empty: what one mutant wrote must not be seen with the next one."""
ANEW: Final = (
    NO_KEYS,
    "docker exec minio rm -rf /data/pdf-uploads",
    f"{SQL} 'DROP SCHEMA public CASCADE; CREATE SCHEMA public'",
)
"""The same for a change in what makes the tables and the bucket: it has to make them when it starts."""
MAKERS: Final = ("services/backend/app.py", "services/backend/database.py", "services/common/storage.py")
ANSWERS: Final = """
for id in $({containers}); do
  address=$(docker inspect -f '{{{{range .NetworkSettings.Networks}}}}{{{{.IPAddress}}}}{{{{end}}}}' $id)
  until curl -s -m 2 -o /dev/null http://$address:{port}/health; do
    [ $SECONDS -lt 8 ] && [ -n "$(docker ps -q --filter id=$id --filter status=running)" ] || break
    sleep 0.1
  done
done"""
"""Waits until each replica answers, whatever it says, or has ended, or for 8 s; the rest is left to the checks."""

FIRST_REPLICAS: Final = """for service in backend pdf-worker; do
  docker inspect $service > /dev/null 2>&1 || docker-compose rm -sf $service
done"""
"""Of fewer replicas Compose may keep any, and number 1, which has the service's own name, would not come back."""
UP_S: Final = 60.0


def service(stack: Stack, path: str, text: str) -> None:
    """Put a module into every replica of the services that have it, and start them on empty stores."""
    part = PurePosixPath(path).parts[1]
    services = SERVICES[part]
    stack.sandbox.put({"mutant": text.encode()}, SCRATCH)
    containers = "; ".join(CONTAINERS.format(service=name) for name in services)
    lines = [
        "set -e",
        f"ids=$({containers})",
        "docker stop -t 0 $ids > /dev/null",
        *(ANEW if path in MAKERS else EMPTY),
        f"for id in $ids; do docker cp -q {SCRATCH}/mutant $id:{APP}/{path}; done",
        "docker start $ids > /dev/null",
    ]
    waits = [ANSWERS.format(containers=CONTAINERS.format(service=name), port=PORTS[name]) for name in services]
    stack.sandbox.check_output("\n".join(lines) + "".join(waits))


def gateway(stack: Stack, path: str, text: str) -> None:
    """Put the gateway's configuration into its container; a gateway that refuses it is started with it."""
    stack.sandbox.put({"mutant": text.encode()}, SCRATCH)
    name = PurePosixPath(path).name
    stack.sandbox.check_output(
        f"docker cp -q {SCRATCH}/mutant frontend:/etc/nginx/{name} &&"
        " { docker exec frontend sh -c 'nginx -tq && nginx -s reload' 2> /dev/null || docker restart -t 0 frontend; }"
    )


def monitoring(stack: Stack, path: str, text: str) -> None:
    """Put a file of the monitoring into the project, and have its service read it; one that refuses is restarted."""
    stack.sandbox.put({path: text.encode()})
    name = PurePosixPath(path).parts[1]
    port = {"prometheus": 9090, "alertmanager": 9093}.get(name)
    reload = f"curl -fsS -X POST http://localhost:{port}/-/reload 2> /dev/null || " if port else ""
    stack.sandbox.check_output(f"{reload}docker restart -t 0 {name}")


def project(stack: Stack, path: str, text: str) -> None:
    """Put a Compose file into the project, and have Compose apply it; raises RefusedError where it is no such file."""
    stack.sandbox.put({path: text.encode()})
    _applied(stack)


def settings(stack: Stack, path: str, text: str) -> None:
    """Change in the stack's own settings what *text* changes in those that are shipped, and have Compose apply them."""
    shipped = (stack.descriptor.folder / path).read_text(encoding="utf-8")
    stack.sandbox.put({".env": changed(stack.settings().decode(), shipped, text).encode()})
    _applied(stack)


def changed(own: str, shipped: str, text: str) -> str:
    """Return the settings *own* with every difference between *shipped* and *text*."""
    before, after = dict(SETTING.findall(shipped)), dict(SETTING.findall(text))
    for name, value in before.items():
        if after.get(name) != value:
            line = f"{name}={after[name]}" if name in after else ""
            own = re.sub(rf"(?m)^{name}=.*$", lambda _, line=line: line, own)  # type: ignore[misc]
    return own


def _applied(stack: Stack) -> None:
    refused = stack.sandbox.run("docker-compose config -q")
    if refused.exit:
        raise RefusedError(" ".join(refused.output.split())[:300])
    stack.sandbox.run(FIRST_REPLICAS)
    up = stack.sandbox.run("docker-compose up -d --timeout 0 --pull never --remove-orphans", limit_s=UP_S)
    if up.exit:
        raise RefusedError(f"Compose applies it in part only: {' '.join(up.output.split())[-300:]}")
    stack.sandbox.run("timeout 8 ./scripts/await-healthy.sh")  # what is not healthy by then, the checks say
