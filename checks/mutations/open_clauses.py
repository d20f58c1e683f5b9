"""Clauses that lack a check or a mutation, and why; each line goes when both are there."""

from typing import Final

OPEN: Final[dict[str, str]] = {
    "HE-02": "it takes a dependency that is down, which the drills of incident 1 have",
    "UP-07": "it takes 100 MiB of files that wait",
    "ME-07": "it takes a source that cannot be read, which the drills of incident 2 and 5 have",
}
