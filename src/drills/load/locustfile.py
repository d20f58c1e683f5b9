"""Plain requests for locust: `locust -f …/drills/load/locustfile.py --host http://127.0.0.1:3000`.

A profile's operations are written like "GET /health" or "GET /gone 404"; see drills.load.request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.load.profile import Profile
from drills.load.request import plain_request
from drills.load.user import Client, ProfileShape, behave

if TYPE_CHECKING:
    from drills.load.client import Answer
    from drills.load.request import Request

__all__ = ["Client", "ProfileShape"]

FRONT_PAGE = Profile("front page", (("GET /", 1.0),), timeout_s=10.0)


class PlainRequests:
    """Clients that send the profile's requests, and remember nothing of the answers."""

    def __init__(self, profile: Profile) -> None:
        self._requests = {operation: plain_request(operation) for operation, _ in profile.mix}

    def request(self, operation: str) -> Request:
        """Return the request that the operation spells."""
        return self._requests[operation]

    def learn(self, request: Request, answer: Answer) -> None:
        """Remember nothing: an answer to a plain request acknowledges nothing."""


behave(PlainRequests, Profile, {FRONT_PAGE.name: FRONT_PAGE})
