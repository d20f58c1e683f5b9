"""Show in the guest, one line each, that a sandbox works under control groups of version 2."""

from __future__ import annotations

import secrets
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from drills.common.waiting import WaitTimeout, wait_until
from drills.sandbox import descriptor
from drills.sandbox.engine import connect
from drills.sandbox.machine import CGROUP, cgroup_version
from drills.sandbox.sandbox import CPU_SHARES, Plan, Sandbox
from drills.sandbox.stack import Stack
from tests.host.drill import CAUSE, drilled
from tests.host.lines import Proof
from tests.host.patience import grant
from tests.host.plan import GuestPlan

if TYPE_CHECKING:
    from collections.abc import Callable

PROJECT = Path(__file__).parents[2]
MEMORY_MIB, PROCESSES = 1536, 1000
LIMIT_S = 300.0
GREEDY_MIB = 64
BUSY = "schedgen/exporter:1"
FAR = "192.0.2.1"
ROOT_GROUP = "/sys/fs/cgroup"


@dataclass(frozen=True)
class Look:
    """What is looked at, what is expected of it, how it is seen, and whether what was seen is right."""

    name: str
    expected: str
    see: Callable[[Sandbox], str]
    right: Callable[[str], bool] | None = None

    def proof(self, sandbox: Sandbox) -> Proof:
        """Look; whatever goes wrong is what was seen."""
        try:
            seen = self.see(sandbox).strip()
        except Exception as error:  # noqa: BLE001 - the other proofs are still of interest
            return Proof(self.name, self.expected, f"{type(error).__name__}: {error}", held=False)
        return Proof(self.name, self.expected, seen, (self.right or self.expected.__eq__)(seen))


def _line(line: str, sandbox: Sandbox) -> str:
    return sandbox.run(line, limit_s=LIMIT_S).output


def _host(_: Sandbox) -> str:
    about = connect().info()
    return f"version {cgroup_version(CGROUP)} of the kernel's, {about['CgroupVersion']} of the engine's"


def _privileges(sandbox: Sandbox) -> str:
    container = sandbox.get_wrapped_container()
    container.reload()
    given = container.attrs["HostConfig"]
    return f"privileged {given['Privileged']}, namespace {given['CgroupnsMode']}"


def _shares(sandbox: Sandbox) -> str:
    read = partial(_line, f"cat {ROOT_GROUP}/cpu.weight", sandbox)
    before = int(read())
    sandbox.set_cpu_shares(2 * CPU_SHARES)
    after = int(read())
    sandbox.set_cpu_shares()
    return f"weight {before}, then {after}: {'more' if after > before else 'no more'}"


def _killed(sandbox: Sandbox) -> str:
    beyond = 2 * MEMORY_MIB
    _line(f"head -c {beyond}M /dev/zero | tail -c {beyond}M | wc -c", sandbox)
    kills = _line(f"grep -w oom_kill {ROOT_GROUP}/memory.events", sandbox).split()[-1]
    answers = "answers" if sandbox.run("docker info", limit_s=LIMIT_S).exit == 0 else "is gone"
    return f"{'one or more' if int(kills) else 'no'} kills, the engine {answers}"


def _out_of_memory(sandbox: Sandbox) -> str:
    limits = f"--memory {GREEDY_MIB}m --memory-swap {GREEDY_MIB}m"
    _line(f"docker run --name greedy {limits} {BUSY} tail /dev/zero", sandbox)
    return _line("docker inspect -f 'OOMKilled {{.State.OOMKilled}}, exit {{.State.ExitCode}}' greedy", sandbox)


def _statistics(sandbox: Sandbox) -> str:
    _line(f"docker run -d --name calm --memory {GREEDY_MIB}m {BUSY} sleep 600", sandbox)
    return _line("docker stats --no-stream --format '{{.MemUsage}} {{.PIDs}}' calm", sandbox)


def _exported(sandbox: Sandbox) -> str:
    """Start the exporter of the reference stack, and Redis for it to ask; return what it says of that container."""
    about = descriptor.read(PROJECT / "stack/reference.toml")
    passwords = {name: secrets.token_hex(16) for name in about.secrets}
    with tempfile.TemporaryDirectory() as folder:
        settings = Stack(about, sandbox, passwords, Path(folder)).settings()
    sandbox.put({".env": settings, "compose.yaml": (about.folder / "compose.yaml").read_bytes()})
    sandbox.check_output("docker-compose up -d --no-deps exporter redis", limit_s=LIMIT_S)
    ask = "docker exec exporter curl -fsS http://127.0.0.1:9101/metrics | grep -E '^container_.*name=\"redis\"'"
    with suppress(WaitTimeout):
        wait_until(
            lambda: sandbox.run(ask, limit_s=LIMIT_S).output,
            done=lambda seen: "cpu" in seen and "memory" in seen,
            deadline_s=LIMIT_S,
            expected="shares",
            where="the exporter",
            next_step="read its log",
        )
    return ", ".join(_line(ask, sandbox).split("\n")).strip(" ,\r")


def _is_exported(seen: str) -> bool:
    return all(f'container_{kind}_share{{name="redis"}}' in seen for kind in ("cpu", "memory"))


LOOKS = (
    Look("control groups", "version 2 of the kernel's, 2 of the engine's", _host),
    Look("privileges of the sandbox", "privileged True, namespace private", _privileges),
    Look("control groups of the sandbox's engine", "2", partial(_line, "docker info -f '{{.CgroupVersion}}'")),
    Look(
        "controllers that the sandbox hands on",
        "cpu, memory and pids among them",
        partial(_line, f"cat {ROOT_GROUP}/cgroup.subtree_control"),
        lambda seen: {"cpu", "memory", "pids"} <= set(seen.split()),
    ),
    Look("limit of memory", str(MEMORY_MIB * 2**20), partial(_line, f"cat {ROOT_GROUP}/memory.max")),
    Look("limit of processes", str(PROCESSES), partial(_line, f"cat {ROOT_GROUP}/pids.max")),
    Look("what takes more memory", "one or more kills, the engine answers", _killed),
    Look("a container that takes more than its own limit", "OOMKilled true, exit 137", _out_of_memory),
    Look(
        "docker stats",
        f"some MiB of {GREEDY_MIB}MiB, 1 process",
        _statistics,
        lambda seen: not seen.startswith("0B") and seen.endswith(f"/ {GREEDY_MIB}MiB 1"),
    ),
    Look("exporter of the reference stack", "shares of CPU and memory", _exported, _is_exported),
    Look("CPU shares", "more", _shares, lambda seen: seen.endswith(": more")),
    Look(
        "fence",
        "exit 7, which is: could not connect",
        lambda sandbox: f"exit {sandbox.run(f'curl -sS http://{FAR}/', limit_s=LIMIT_S).exit}",
        lambda seen: seen == "exit 7",
    ),
)
STARTS = "start of the sandbox"
DRILL = f"drill of cause {CAUSE} of the example"
NAMES = (STARTS, *(look.name for look in LOOKS), DRILL)
ENDS_AS = "documented CONFIRMED, placebo REFUTED"


def main(path: Path) -> None:
    """Print the proofs as they are found."""
    grant()
    plan = GuestPlan.read(path)
    # On the store itself: a copy takes minutes under emulation, and the drill makes one of its own.
    limits = Plan(plan.image, engine_volume=plan.reference_store, memory_mib=MEMORY_MIB, processes=PROCESSES)
    try:
        with Sandbox(limits) as sandbox:
            _say(Proof(STARTS, "its engine answers", "its engine answers", held=True))
            for look in LOOKS:
                _say(look.proof(sandbox))
    except Exception as error:  # noqa: BLE001 - the host gets to know it
        _say(Proof(STARTS, "its engine answers", f"{type(error).__name__}: {error}", held=False))
    seen = drilled()
    _say(Proof(DRILL, ENDS_AS, seen, seen == ENDS_AS))


def _say(proof: Proof) -> None:
    sys.stdout.write(proof.line() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
