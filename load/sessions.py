"""Sessions that are opened in the steady state, and looked for again in the audit."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Self

from checks.smoke.sign_in_client import authenticated, sign_in
from drills.checks.result import CheckFailed
from drills.common.client_addresses import random_address

if TYPE_CHECKING:
    from types import TracebackType

    import httpx

    from drills.checks.target import Target


class Sessions:
    """Signed-in clients, one for each e-mail address; close them, or use as a context manager."""

    def __init__(self, clients: dict[str, httpx.Client]) -> None:
        self._clients = clients

    def __len__(self) -> int:
        return len(self._clients)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, artifact: TracebackType | None
    ) -> None:
        self.close()

    def alive(self, within_s: float) -> int:
        """Return how many are still signed in as themselves.

        Raises CheckFailed or an httpx error when the system does not say: an outage is no lost session. CheckFailed,
        too, when not all of them were looked at *within_s* seconds.
        """
        until = time.monotonic() + within_s
        return sum(1 for email, http in self._clients.items() if self._signed_in(http, until) == email)

    def _signed_in(self, http: httpx.Client, until: float) -> str | None:
        if time.monotonic() >= until:
            raise CheckFailed(f"expected an answer on each of {len(self)} sessions in time, and it took longer")
        return authenticated(http)

    def close(self) -> None:
        """Close the connections; the sessions stay in the system until they expire."""
        for http in self._clients.values():
            http.close()


def open_sessions(target: Target, count: int) -> Sessions:
    """Sign in `count` different students and return them; raises what sign_in raises, with none left open."""
    with ExitStack() as undo:
        clients = {}
        for number in range(count):
            email = f"student{number}.{random_address().replace('.', '-')}@example.org"
            clients[email] = undo.enter_context(closing(sign_in(target, email)))
        undo.pop_all()
    return Sessions(clients)
