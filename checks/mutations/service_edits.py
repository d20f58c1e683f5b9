"""The lines that change the source of a running service, in the containers of all its replicas or of one."""

from __future__ import annotations

import shlex

SOURCES = "stack/services"
KEPT = "as-shipped"
OF_SERVICE = "docker ps -q --filter label=com.docker.compose.service={}"
AWAIT = "./scripts/await-healthy.sh"


def sourced(file: str, script: str, service: str = "backend", container: str = "") -> tuple[str, ...]:
    """Return the lines that edit *file* of a service with sed, and start it anew; *container* is one replica of it.

    The copy keeps its time, by which Python knows what it has compiled. Without a change the line fails: nothing would
    be broken.
    """
    path = f"{SOURCES}/{file}"
    edit = f"cp -p {path} {path}.{KEPT} && sed -i {shlex.quote(script)} {path} && ! cmp -s {path} {path}.{KEPT}"
    return _in_each(f"docker exec $c sh -c {shlex.quote(edit)}", service, container)


def as_shipped(file: str, service: str = "backend", container: str = "") -> tuple[str, ...]:
    """Return the lines that undo `sourced`."""
    path = f"{SOURCES}/{file}"
    back = f"test ! -f {path}.{KEPT} || mv {path}.{KEPT} {path}"
    return _in_each(f"docker exec $c sh -c {shlex.quote(back)}", service, container)


def _in_each(line: str, service: str, container: str) -> tuple[str, ...]:
    """Return the line that runs *line* for each container `$c`, and those that start all of them anew."""
    which = container or f"$({OF_SERVICE.format(service)})"
    return (f"set -e; for c in {which}; do {line}; done; docker restart -t 0 {which} > /dev/null; {AWAIT}",)
