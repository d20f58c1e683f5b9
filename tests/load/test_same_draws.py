"""Two processes of locust that are given the same draws send from the same addresses in the same order."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from drills.common.waiting import wait_until
from drills.load.profile import Profile
from drills.load.traffic import Traffic
from tests.helpers.fake_system import fake_system, whole_system
from tests.helpers.paths import PLAIN_LOCUSTFILE

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = Profile("plain", (("GET /", 10.0),), timeout_s=5.0)
START_LIMIT_S = 90.0
FIRST = 8


def addresses(folder: Path, *sequences: str) -> list[list[str]]:
    """Return the first addresses that a locust for each of *sequences* sends from, all of them at once."""
    with ExitStack() as stack:
        systems = [stack.enter_context(fake_system(whole_system())) for _ in sequences]
        for number, (system, sequence) in enumerate(zip(systems, sequences, strict=True)):
            ledger, log = folder / f"ledger-{number}", folder / f"log-{number}"
            traffic = Traffic(system.url, PLAIN, PLAIN_LOCUSTFILE, ledger, log, sequence=sequence)
            stack.enter_context(traffic).start(START_LIMIT_S)
        wait_until(
            lambda: all(len(system.asked) >= FIRST for system in systems),
            deadline_s=START_LIMIT_S,
            expected=f"{FIRST} requests from each",
            where="here",
            next_step="read the logs of locust",
        )
        return [[asked.headers["x-forwarded-for"] for asked in system.asked[:FIRST]] for system in systems]


def test_same_draws_make_the_same_sequence_and_others_another(tmp_path: Path) -> None:
    first, again, other = addresses(tmp_path, "7/5.1/steady", "7/5.1/steady", "8/5.1/steady")
    assert first == again
    assert first != other
