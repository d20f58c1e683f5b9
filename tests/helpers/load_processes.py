"""Wait for the end of processes that tests have started."""

from pathlib import Path

from drills.common.waiting import wait_until


def alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and only waits to be reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def until_gone(pid: int) -> None:
    wait_until(
        lambda: not alive(pid),
        deadline_s=10,
        poll_s=0.02,
        expected="the process to be gone",
        where=f"pid {pid}",
        next_step="look for these processes with ps",
    )
