"""Keep secrets out of what people write down: those that are known, and passwords in addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from drills.common.address_secrets import password_in, secrets_in_query, shown, token_in
from drills.common.redaction import masked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drills.incident.entries import Entry

    E = TypeVar("E", bound=Entry)

FREE = ("by", "title", "because", "source", "text", "owner", "priority", "point", "role", "status")
"""The fields of entries that hold what somebody wrote; the others are of this program."""
_ADDRESS = re.compile(r"[a-z][a-z+]*://[^\s<>\"'`]+", re.IGNORECASE)


def masked_text(text: str, secrets: Sequence[str]) -> str:
    """Return *text* with the secrets masked, and with what is secret in the addresses that it names."""
    return masked(_ADDRESS.sub(lambda found: _address(found[0]), text), secrets)


def _address(url: str) -> str:
    return shown(url) if "@" in url or password_in(url) or token_in(url) or secrets_in_query(url) else url


def masked_entry(entry: E, secrets: Sequence[str]) -> E:
    """Return *entry* with each of its texts masked."""
    texts = {name: masked_text(getattr(entry, name), secrets) for name in FREE if hasattr(entry, name)}
    return entry.model_copy(update={name: text for name, text in texts.items() if text})
