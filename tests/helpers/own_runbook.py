"""This project's own edition of the runbook, read once for all tests."""

from drills import runbook
from tests.helpers.paths import RUNBOOK

OWN_RUNBOOK = runbook.load(RUNBOOK)
