"""Keep secrets out of what is recorded and published: mask or find every form in which a secret may be written.

The caller holds the secrets in memory and passes them in: they are never read from, nor written to, a file.
"""

from __future__ import annotations

import base64
import html
import json
import re
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MASK: Final = "***"
SHORTEST_SECRET: Final = 4
_JSON_DEPTH: Final = 3  # a log line quoted in a JSON record that is attached to a JSON result
_BASE64_GROUP: Final = 3  # bytes that base64 encodes together, hence the number of offsets that a secret can have
_SHORTEST_BASE64: Final = 6  # fewer characters than this occur by chance
_PATH: Final = re.compile(r"\\*/|%2f", re.IGNORECASE)  # a path begins like many others
_WORD: Final = re.compile(r"[^\s\"'<>&,;(){}\[\]]*")
_TELLING: Final = 8  # so many characters of a longer secret do not occur by chance


def masked(text: str, secrets: Iterable[str]) -> str:
    """Return *text* with each of *secrets* masked in every form, also where the text was cut off within one."""
    forms = _forms(tuple(secrets))
    for form in forms:
        text = text.replace(form, MASK)
    return _without_beginnings(text, forms)


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


@lru_cache(maxsize=16)
def _forms(secrets: tuple[str, ...]) -> tuple[str, ...]:
    """Return all forms, longest first: a secret that contains another must go as a whole."""
    forms = {form for secret in secrets for form in (forms_of(secret) if len(secret) >= SHORTEST_SECRET else {secret})}
    return tuple(sorted(forms, key=len, reverse=True))


def _without_beginnings(text: str, forms: tuple[str, ...]) -> str:
    """Mask words that begin like a secret: one may be cut off, or its end be written in a way of its own."""
    kept, at = "", 0
    for match in _beginnings(forms).finditer(text):
        if match.start() < at:
            continue
        rest = text[match.start() : match.start() + len(forms[0])]
        known = match.start() + max(_shared(form, rest) for form in forms)
        word = _WORD.match(text, known)
        kept, at = kept + text[at : match.start()] + MASK, word.end() if word else known
    return kept + text[at:]


def _shared(one: str, other: str) -> int:
    """Return how many characters both begin with."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


@lru_cache(maxsize=16)
def _beginnings(forms: tuple[str, ...]) -> re.Pattern[str]:
    """Match so much of each form as does not occur by chance; a path begins like many others."""
    telling = {form[: min(_TELLING, max(SHORTEST_SECRET, ceil(len(form) * 3 / 4)))] for form in forms}
    return re.compile("|".join(re.escape(form) for form in telling if not _PATH.match(form)) or "(?!)")


def forms_of(secret: str) -> frozenset[str]:
    """Return the ways *secret* may be written: plain, in URLs, JSON (nested too), HTML, and in base64."""
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(f"a secret of {len(secret)} characters is too short to be masked without blanking text")
    urls = {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    plain = {secret, *urls, *(_lower_escapes(url) for url in urls), html.escape(secret)}
    return frozenset(plain | _json_forms(secret) | _base64_forms(secret))


def _lower_escapes(url: str) -> str:
    return re.sub("%[0-9A-F]{2}", lambda escape: escape[0].lower(), url)


def _json_forms(secret: str) -> set[str]:
    forms = {secret}
    for _ in range(_JSON_DEPTH):
        escaped = {json.dumps(form, ensure_ascii=ascii_only)[1:-1] for form in forms for ascii_only in (True, False)}
        forms |= escaped | {form.replace("/", "\\/") for form in escaped}
    return forms | {form.replace("\\", "\\\\") for form in forms}  # JSON that Python shows by repr()


def _base64_forms(secret: str) -> set[str]:
    """Return the base64 of *secret* on its own and inside a longer text, such as ``user:secret``.

    Depending on where the secret begins within a group of three bytes, it reads in one of three ways; the
    characters that a neighbour shares in are left off both ends.
    """
    raw = secret.encode()
    forms = {base64.b64encode(raw).decode()}
    for offset in range(_BASE64_GROUP):
        length = offset + len(raw)
        encoded = base64.b64encode(bytes(offset) + raw).decode()
        # A character carries 6 bits: skip those begun by the offset's bytes, keep those whole at the end.
        core = encoded[-(-offset * 8 // 6) : length * 8 // 6]
        if len(core) >= _SHORTEST_BASE64:
            forms.add(core)
    forms |= {form.replace("+", "-").replace("/", "_") for form in forms}
    return forms | {form.replace("/", "\\/") for form in forms}


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(entry for entry in path.rglob("*") if entry.is_file())
        elif path.exists():
            yield path


def _holds(path: Path, needles: list[bytes]) -> bool:
    content = path.read_bytes()
    return any(needle in content for needle in needles)
