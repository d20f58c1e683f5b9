"""Keeping secrets out of what is recorded and published.

The caller holds the secrets in memory and passes them in: they are never read from, nor written to, a file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drills.common.redaction import MASK, forms_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


class Redactor:
    """Replaces every known secret, in each form it may be written in, by ``***``.

    Empty secrets (variables that are not set) are ignored. Raises ValueError for one shorter than four
    characters: masking it would blank ordinary text.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets if secret for form in forms_of(secret)}
        # Longest first: a secret that contains another must go as a whole.
        alternatives = (re.escape(form) for form in sorted(forms, key=len, reverse=True))
        self._pattern = re.compile("|".join(alternatives)) if forms else None

    def text(self, text: str) -> str:
        """Return *text* with the secrets masked."""
        return self._pattern.sub(MASK, text) if self._pattern else text


def scan(paths: Iterable[Path], secrets: Iterable[str]) -> list[Path]:
    """Return the files among *paths* (folders are searched whole) that hold a secret in any form.

    Raises ValueError for a secret shorter than four characters, OSError for a file that cannot be read.
    """
    needles = [form.encode() for secret in secrets if secret for form in forms_of(secret)]
    return [path for path in _files(paths) if _holds(path, needles)]


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(entry for entry in path.rglob("*") if entry.is_file())
        elif path.exists():
            yield path


def _holds(path: Path, needles: list[bytes]) -> bool:
    content = path.read_bytes()
    return any(needle in content for needle in needles)
