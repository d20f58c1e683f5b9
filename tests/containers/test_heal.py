"""Healing brings a stack back to where it began, and the snapshot shows whether it did."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from drills.drill.phases.teardown import _only_in
from drills.drill.sandbox_pool import SandboxPool
from drills.sandbox.sandbox import CPU_SHARES
from drills.sandbox.stack import Stack

pytestmark = pytest.mark.sandbox
TIMED_OUT = 124
SPOILING = (
    "docker-compose up -d --scale pdf-worker=3",
    "docker-compose stop alertmanager",
    "docker exec redis redis-cli SET leftover yes",
    "sed -i 's/^RATE_LIMIT_PER_MINUTE=.*/RATE_LIMIT_PER_MINUTE=7/' .env",
    # Every metric reads 0.1, and the gateway refuses every upload.
    'sed -i \'s/^\\( *expr: \\)"[^>]*"$/\\1"0.1"/\' config/prometheus/rules/runbook.yml',
    "curl -fsS -X POST http://localhost:9090/-/reload",
    "sed -i 's/^ *server {/&\\n        location \\/api\\/upload { return 503; }/' config/nginx/nginx.conf",
    "docker cp config/nginx/nginx.conf frontend:/etc/nginx/nginx.conf && docker exec frontend nginx -s reload",
    "echo strange > config/prometheus/rules/strange.txt",
)

# The files with the shares of CPU that the kernel reads, in cgroup v1 or v2.
SHARES = "cat /sys/fs/cgroup/cpu/cpu.shares 2> /dev/null || cat /sys/fs/cgroup/cpu.weight"

# Written so often that Redis takes seconds to load it all again, and refuses everything meanwhile.
WRITE_OFTEN = """for round in $(seq 30); do
docker exec redis redis-cli -e EVAL "for i = 1, 100000 do redis.call('SET', 'leftover', i) end" 0
done"""

# Dies, is started again by the engine, and dies once more before it is healthy, as one does that met a full disk: it is
# healthy only after its second death, which comes while await-healthy.sh waits for it, however slow the machine is.
DIE_TWICE = r"""trap '' HUP
rm -f /tmp/died-twice
pid() { docker inspect -f '{{.State.Pid}}' postgres; }
started_again() { until now=$(pid) && [ "$now" -ne 0 ] && [ "$now" -ne "$1" ]; do sleep 0.05; done; }
first=$(pid)
docker exec -u 0 postgres sh -c 'probe=$(command -v pg_isready) && mv $probe $probe.away && ln -s $probe.away /probe'
kill -9 $first
started_again $first
second=$now
export -f pid started_again
setsid bash -c 'until pgrep -f "^bash [.]/scripts/await-healthy"; do sleep 0.05; done
kill -9 '$second' && started_again '$second' && touch /tmp/died-twice
docker exec -u 0 postgres sh -c "away=\$(readlink /probe) && mv \$away \${away%.away}"' > /dev/null 2>&1 < /dev/null &
"""


@dataclass(frozen=True)
class Story:
    """The snapshots of a stack as it began, spoilt, and healed."""

    stack: Stack
    began: dict[str, str]
    spoilt: dict[str, str]
    healed: dict[str, str]


@pytest.fixture(scope="module")
def story(sandbox_pool: SandboxPool) -> Story:
    stack = sandbox_pool.system().stack
    stack.heal()
    began = stack.snapshot()
    for line in SPOILING:
        stack.sandbox.check_output(line)
    spoilt = stack.snapshot()
    stack.heal()
    return Story(stack, began, spoilt, stack.snapshot())


@pytest.fixture
def stray(story: Story) -> Iterator[str]:
    story.stack.sandbox.check_output("docker create --name stray schedgen/redis:1")
    yield "stray"
    story.stack.sandbox.check_output("docker rm -f stray")


def test_a_healed_stack_looks_as_it_began(story: Story) -> None:
    assert story.healed == story.began


def test_a_spoilt_stack_does_not(story: Story) -> None:
    differing = {line for line in story.began if story.spoilt[line] != story.began[line]}
    assert "sha256sum .env" in differing
    assert any(line.startswith("docker ps -a") for line in differing)


def differing_lines(story: Story, word: str) -> str:
    """Return what the snapshot lines that hold a word print of the spoilt stack and did not before."""
    found = [line for line in story.began if word in line]
    assert found
    return "\n".join(_only_in(story.spoilt[line], story.began[line]) for line in found)


def test_changed_files_are_named(story: Story) -> None:
    printed = differing_lines(story, "find compose.yaml")
    assert [line.split()[1] for line in printed.splitlines()] == [
        "config/nginx/nginx.conf",
        "config/prometheus/rules/runbook.yml",
        "config/prometheus/rules/strange.txt",
    ]


@pytest.mark.parametrize("word", ["api/v1/rules", "exec frontend find"])
def test_what_is_loaded_shows_in_the_snapshot(story: Story, word: str) -> None:
    assert differing_lines(story, word)


def test_metrics_are_measured_again(story: Story) -> None:
    line = "curl -fsS http://localhost:9090/api/v1/rules | jq -e '[.data.groups[].rules[].query] | index(\"0.1\")'"
    assert story.stack.sandbox.run(line).output.strip() == "null"


def test_gateway_takes_uploads_again(story: Story) -> None:
    line = "curl -s -o /dev/null -w '%{http_code}' -X POST http://localhost:3000/api/upload"
    assert story.stack.sandbox.run(line).output.strip() != "503"


def test_the_settings_are_those_shipped(story: Story) -> None:
    assert story.stack.sandbox.check_output("cat .env") == story.stack.settings().decode()


def test_every_service_is_up_and_none_is_left_over(story: Story) -> None:
    line = "docker-compose ps -a --format '{{.Service}} {{.State}}' | sort | uniq -c"
    services = story.stack.sandbox.check_output("docker-compose config --services").split()
    assert set(story.stack.descriptor.roles.values()) <= set(services)
    counts = {service: 2 if service == "pdf-worker" else 1 for service in services}
    found = [row.split() for row in story.stack.sandbox.check_output(line).splitlines()]
    assert {service: int(count) for count, service, _ in found} == counts
    assert {state for *_, state in found} == {"running"}


def test_no_data_is_left(story: Story) -> None:
    assert story.stack.sandbox.check_output("docker exec redis redis-cli EXISTS leftover").split()[-1] == "0"


def test_a_stray_container_shows_in_the_snapshot(story: Story, stray: str) -> None:
    now = story.stack.snapshot()
    assert now != story.began
    assert any(stray in output for output in now.values())


def test_a_sandbox_with_raised_cpu_shares_has_those_of_any_other_again(story: Story) -> None:
    sandbox = story.stack.sandbox
    usual = int(sandbox.check_output(SHARES))
    sandbox.set_cpu_shares(4 * CPU_SHARES)
    assert int(sandbox.check_output(SHARES)) > usual
    story.stack.heal()
    assert int(sandbox.check_output(SHARES)) == usual


def test_no_data_is_left_in_a_redis_that_still_loads_it(story: Story) -> None:
    stack = story.stack
    stack.sandbox.check_output("docker exec redis redis-cli -e CONFIG SET auto-aof-rewrite-percentage 0")
    stack.sandbox.check_output(WRITE_OFTEN)
    stack.sandbox.check_output("docker-compose restart redis")
    assert "LOADING" in stack.sandbox.run("docker exec redis redis-cli ping").output
    stack.heal()
    assert stack.sandbox.check_output("docker exec redis redis-cli EXISTS leftover").split()[-1] == "0"


def test_a_database_that_dies_while_it_is_waited_for_is_waited_for_again(story: Story) -> None:
    story.stack.sandbox.put({"die-twice.sh": DIE_TWICE.encode()}, "/tmp")
    story.stack.sandbox.check_output("/tmp/die-twice.sh")
    story.stack.heal()
    story.stack.sandbox.check_output("test -f /tmp/died-twice")
    assert story.stack.snapshot() == story.began


@pytest.mark.usefixtures("stray")
def test_a_stray_container_is_not_waited_for(story: Story) -> None:
    story.stack.sandbox.check_output("timeout 10 ./scripts/await-healthy.sh")


@pytest.mark.parametrize(
    ("which", "spoil", "mend"),
    [
        pytest.param("minio", "docker pause minio", "docker unpause minio", id="paused"),
        pytest.param("", "docker stop minio", "docker start minio", id="stopped"),
        pytest.param("minio absent", "docker rm -f absent", "true", id="one of two is not there"),
        pytest.param("absent", "true", "true", id="not there"),
    ],
)
def test_what_is_not_healthy_is_waited_for(story: Story, which: str, spoil: str, mend: str) -> None:
    check_output = story.stack.sandbox.check_output
    check_output("./scripts/await-healthy.sh")
    check_output(spoil)
    try:
        assert story.stack.sandbox.run(f"timeout 2 ./scripts/await-healthy.sh {which}").exit == TIMED_OUT
    finally:
        check_output(mend)
