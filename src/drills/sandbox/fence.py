"""Keep all that runs in a sandbox off every other address; what calls a published port still gets its answers.

The rules are in the sandbox's own network, so that nothing of this machine changes, and they end with the sandbox. A
line that is typed there as root can remove them: they stop a runbook's mistakes, not a runbook that means harm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drills.sandbox.errors import SandboxError

if TYPE_CHECKING:
    from docker.models.containers import Container

INTERFACE = "eth0"
"""How Docker calls the first interface of a container."""
_ANSWERS_ONLY = f"-w -t mangle -A POSTROUTING -o {INTERFACE} -m conntrack ! --ctstate ESTABLISHED,RELATED -j DROP"
RULES = f"""
set -e
# Without a route a line fails at once, and says so; a dropped packet would let it wait for minutes.
ip route replace unreachable default
# Neighbours need no route: this machine, and other sandboxes. A flush of the usual table leaves these rules.
iptables {_ANSWERS_ONLY}
if ip -6 -o address show dev {INTERFACE} | grep -q inet6; then
  ip -6 route replace unreachable default
  ip6tables {_ANSWERS_ONLY}
fi
"""


def close_off(container: Container) -> None:
    """Let no packet out of *container* but answers; raises SandboxError when its engine or its kernel refuses that."""
    done: Any = container.exec_run(["sh", "-c", RULES])
    if done.exit_code != 0:
        printed = done.output.decode(errors="replace").strip()
        raise SandboxError(
            f"A sandbox could not be closed off from the network (exit {done.exit_code}): {printed}. With "
            "`internet = true` in the descriptor it is left open."
        )
