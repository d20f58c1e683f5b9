"""Sessions."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from checks.probe import Room, probe
from checks.reading import Unexpected
from checks.sign_in import authenticated, sign_in
from checks.web import expect

if TYPE_CHECKING:
    from checks.visit import Visit

OK = 200


@probe(
    "sign-in",
    room=Room.SMOKE,
    needs=("front_url", "sign_in_email"),
    expected="a session for the account, by way of the identity provider",
    next_step="read the backend's log for authentication errors",
    level=2,
    incident=7,
    essential=True,
)
def whoami(visit: Visit) -> str:
    """Sign in, ask who we are, and sign out again."""
    assert visit.target.sign_in_email
    with closing(sign_in(visit.target, visit.target.sign_in_email)) as http:
        expect(http.post("/api/auth/logout"), OK)
        if authenticated(http) is not None:
            raise Unexpected("still signed in after signing out")
    return f"signed in as {visit.target.sign_in_email}, and out"
