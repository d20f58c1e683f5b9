"""What is wrong with an incident's input."""

from __future__ import annotations


class IncidentError(ValueError):
    """Input that cannot be used; the text is one sentence, and nothing was written."""
