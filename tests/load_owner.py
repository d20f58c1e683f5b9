"""`python -m tests.load_owner URL LEDGER SECONDS` starts traffic, prints locust's id, and stays until killed."""

import sys
from pathlib import Path

from load.traffic import Traffic
from tests.load_tiny import TINY


class Owned(Traffic):
    def _command(self) -> list[str]:
        words = super()._command()
        words[words.index("locust")] = "tests.load_tiny"
        return words


if __name__ == "__main__":
    ledger = Path(sys.argv[2])
    traffic = Owned(sys.argv[1], TINY, ledger, ledger.with_suffix(".log"))
    traffic.start(float(sys.argv[3]))
    print(traffic.pid, flush=True)  # noqa: T201 - read by the test
    sys.stdin.read()
