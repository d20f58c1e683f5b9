"""What takes more than a sandbox may have is stopped inside the sandbox, which goes on."""

from collections.abc import Iterator

import pytest

from drills.drill.sandbox_pool import SandboxPool
from drills.sandbox.sandbox import Plan, Sandbox

pytestmark = pytest.mark.sandbox

MEMORY_MIB, PROCESSES = 768, 300
BEYOND_MEMORY = f"head -c {2 * MEMORY_MIB}M /dev/zero | tail -c {2 * MEMORY_MIB}M | wc -c"
BEYOND_PROCESSES = f"for n in $(seq {2 * PROCESSES}); do sleep 20 & done; wait"


@pytest.fixture(scope="module")
def small(sandbox_pool: SandboxPool) -> Iterator[Sandbox]:
    """A sandbox without a stack, which may take little."""
    image = sandbox_pool.system().stack.sandbox.plan.image
    with Sandbox(Plan(image=image, memory_mib=MEMORY_MIB, processes=PROCESSES)) as sandbox:
        yield sandbox


def test_stack_has_the_limits_of_its_descriptor(sandbox_pool: SandboxPool) -> None:
    stack = sandbox_pool.system().stack
    container = stack.sandbox.get_wrapped_container()
    container.reload()
    given = container.attrs["HostConfig"]
    assert given["PidsLimit"] == stack.descriptor.processes
    assert stack.descriptor.disk_mib < given["Memory"] // 2**20 <= (stack.descriptor.memory_mib or 0)


def test_processes_beyond_the_limit_are_refused(small: Sandbox) -> None:
    assert "Resource temporarily unavailable" in small.run(BEYOND_PROCESSES, limit_s=60).output
    assert small.check_output("docker info")


def test_memory_beyond_the_limit_ends_the_line_that_asks_for_it(small: Sandbox) -> None:
    assert small.run(BEYOND_MEMORY, limit_s=60).output.split()[-1:] != [str(2 * MEMORY_MIB * 2**20)]
    assert small.check_output("docker info")
