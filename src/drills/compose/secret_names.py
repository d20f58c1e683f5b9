"""Which settings of a project are secrets, by their names alone: their values are read nowhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drills.compose.derived import Derived

_SECRET = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|PASS|PWD|SECRET|TOKEN|SALT|CREDENTIALS?|PEPPER|DSN)\d*(?:_|$)"
    r"|(?:API|ACCESS|PRIVATE|ENCRYPTION|SIGNING|AUTH|APP|MASTER|JWT)_?KEY(?:_|$)|(?:^|_)KEY$"
)
_NO_SECRET = re.compile(
    r"_(?:FILE|PATH|TTL|TTL_S|LENGTH|EXPIRY|EXPIRES_IN|NAME|URL|DIR|HOST|PORT|ENABLED)$|^S3_KEY_PREFIX"
)


def is_secret(name: str) -> bool:
    """Say whether a variable holds a secret, as far as its name tells."""
    upper = name.upper()
    return bool(_SECRET.search(upper)) and not _NO_SECRET.search(upper)


def secrets_of(told: Derived) -> tuple[str, ...]:
    """Return the settings that a sandbox draws afresh: secrets by their names, and the credentials of the stores."""
    used = {name for name in told.project.variables if is_secret(name)}
    for table, keys in (("database", ("password",)), ("objects", ("access_key", "secret_key"))):
        part = told.keys.get(table, {})
        used |= {part[key] for key in keys if part.get(key) in told.project.variables}
    return tuple(sorted(used))
