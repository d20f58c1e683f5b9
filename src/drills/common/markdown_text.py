"""Show text in Markdown so that nothing in it acts as markup."""

from __future__ import annotations

import re

from drills.common.visible import visible

_ACTS = re.compile(r"[\\`*\[\]<>|]|(?<!\w)_|_(?!\w)")
"""What Markdown acts on within a line. An underscore between letters is none: CONFIRMED_WITH_LOSS stays readable."""


def escaped(plain: str) -> str:
    """Return *plain* in one line, so that Markdown shows it and does not act on it."""
    return _ACTS.sub(r"\\\g<0>", visible(plain.replace("\n", " ")))
