"""`python -m tests.helpers.load_owner URL LEDGER SECONDS` starts traffic, prints locust's id, stays until killed."""

import sys
from pathlib import Path

from drills.load.traffic import Traffic
from tests.helpers.load_tiny import TINY
from tests.helpers.paths import LOCUSTFILE


class Owned(Traffic):
    def _command(self) -> list[str]:
        words = super()._command()
        words[words.index("locust")] = "tests.helpers.load_tiny"
        return words


if __name__ == "__main__":
    ledger = Path(sys.argv[2])
    traffic = Owned(sys.argv[1], TINY, LOCUSTFILE, ledger, ledger.with_suffix(".log"))
    traffic.start(float(sys.argv[3]))
    print(traffic.pid, flush=True)  # noqa: T201 - read by the test
    sys.stdin.read()
