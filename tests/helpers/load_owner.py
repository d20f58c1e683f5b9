"""`python -m tests.helpers.load_owner URL LEDGER SECONDS` starts traffic, prints locust's id, stays until killed."""

import sys
from pathlib import Path

from drills.load.traffic import Traffic
from load.profiles import Op, StudentProfile
from tests.helpers.paths import LOCUSTFILE

TINY = StudentProfile("tiny", ((Op.FRONT, 20.0),), timeout_s=0.6)
"""Slots that are over so soon that a test sees several."""

if __name__ == "__main__":
    ledger = Path(sys.argv[2])
    traffic = Traffic(sys.argv[1], TINY, LOCUSTFILE, ledger, ledger.with_suffix(".log"))
    traffic.start(float(sys.argv[3]))
    print(traffic.pid, flush=True)  # noqa: T201 - read by the test
    sys.stdin.read()
