"""Clauses that lack a check or a mutation, and why; each line goes when both are there."""

from typing import Final

OPEN: Final[dict[str, str]] = {}
