"""Find or mask what is secret in an address: its password, its token, the path of a webhook."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from psycopg.conninfo import conninfo_to_dict

from drills.common.redaction import MASK

SHORTEST_TOKEN: Final = 12
_SECRET_NAME: Final = re.compile("pass|token|key|secret|sig", re.IGNORECASE)


def shown(url: str) -> str:
    """Return `url` with whatever may be a password before its last @ masked, even when it is no valid address."""
    head, at, tail = url.rpartition("@")
    if not at:
        return url
    scheme, sep, user_info = head.rpartition("://")
    user, colon, _ = user_info.partition(":")
    known = f"{user}:" if colon and not set(user) & set("/?#") else ""
    return f"{scheme}{sep}{known}{MASK}@{tail}"


def password_in(url: str | None) -> str | None:
    """Return the password before the host of `url`; None where it has none or is no valid address."""
    try:
        return urlsplit(url).password if url and "://" in url else None
    except ValueError:
        return None


def secrets_in_query(url: str | None) -> set[str]:
    """Return the values of a URL's query that are named like a password, a token or a key."""
    try:
        return {value for name, value in parse_qsl(urlsplit(url or "").query) if _SECRET_NAME.search(name)}
    except ValueError:
        return set()


def secrets_in_path(url: str | None) -> set[str | None]:
    """Return the path of a webhook, which is secret like a password, and the token in it: its longest part."""
    path = urlsplit(url or "").path
    token = max(path.split("/"), key=len)
    return {path if len(path) > 1 else None, token if len(token) >= SHORTEST_TOKEN else None}


def password_in_dsn(dsn: str) -> str | None:
    """Return the password of a Postgres DSN, in either of its spellings; raises ProgrammingError for no DSN."""
    password = conninfo_to_dict(dsn).get("password")
    return None if password is None else str(password)
