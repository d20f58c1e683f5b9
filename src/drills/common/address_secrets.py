"""Find or mask what is secret in an address: its password, its token, the path of a webhook."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from psycopg.conninfo import conninfo_to_dict

from drills.common.redaction import MASK

SHORTEST_TOKEN: Final = 12
_QUERY: Final = re.compile(r"([?#]).*", re.DOTALL)
_SCHEME: Final = re.compile(r"[a-z][a-z+]*://", re.IGNORECASE)
_SECRET_NAME: Final = re.compile("pass|token|key|secret|sig", re.IGNORECASE)


def shown(url: str) -> str:
    """Return `url` with whatever may be a password masked, even when it is no valid address.

    That is what comes before its @, and all behind the host from a ? or # on; with several @ it is all but the scheme.
    """
    if url.count("@") > 1:
        return f"{url.partition('://')[0]}://{MASK}" if _SCHEME.match(url) else MASK
    head, at, tail = url.rpartition("@")
    tail = _QUERY.sub(rf"\1{MASK}", tail, count=1)
    if not at:
        return tail
    scheme, sep, user_info = head.partition("://") if "://" in head else ("", "", head)
    user, colon, _ = user_info.partition(":")
    known = f"{user}:" if colon and not set(user) & set("/?#") else ""
    return f"{scheme}{sep}{known}{MASK}@{tail}"


def password_in(url: str | None) -> str | None:
    """Return the password before the host of `url`; None where it has none or is no valid address."""
    try:
        return urlsplit(url).password if url and "://" in url else None
    except ValueError:
        return None


def token_in(url: str | None) -> str | None:
    """Return what stands before the host of an HTTP address without a password: mostly a token; None for nothing."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return None if parts.password else parts.username


def secrets_in_query(url: str | None) -> set[str]:
    """Return the values of a URL's query that are named like a password, a token or a key."""
    try:
        return {value for name, value in parse_qsl(urlsplit(url or "").query) if _SECRET_NAME.search(name)}
    except ValueError:
        return set()


def secrets_in_path(url: str | None) -> set[str | None]:
    """Return what follows the host of a webhook, all of it secret, and the token in it: its longest part."""
    parts = urlsplit(url or "")
    token = max(re.split(r"[/&=]", parts.path + parts.query + parts.fragment), key=len)
    found = {part for part in (parts.path, parts.query, parts.fragment) if len(part) > 1}
    return {*found, token if len(token) >= SHORTEST_TOKEN else None}


def password_in_dsn(dsn: str) -> str | None:
    """Return the password of a Postgres DSN, in either of its spellings; raises ProgrammingError for no DSN."""
    password = conninfo_to_dict(dsn).get("password")
    return None if password is None else str(password)


def spellings_in_dsn(dsn: str) -> set[str]:
    """Return the password of a Postgres DSN as it is, and as it may be written there; raises ProgrammingError."""
    password = password_in_dsn(dsn)
    if password is None:
        return set()
    escaped = password.replace("\\", r"\\").replace("'", r"\'")
    return {password, escaped, escaped.replace("\\", r"\\")}
