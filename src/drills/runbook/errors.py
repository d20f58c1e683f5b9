"""The one exception of this room."""

from __future__ import annotations


class RunbookError(Exception):
    """The document cannot be used; the text is one sentence for a person, with file and line."""
