"""The errors of a document that cannot be used."""

from __future__ import annotations


class RunbookError(Exception):
    """The document cannot be used; the text is one sentence for a person, with file and line."""


class LineError(Exception):
    """One line of the document cannot be read; readers raise it, and `load` adds the name of the file."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line
