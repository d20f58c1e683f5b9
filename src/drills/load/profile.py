"""A traffic profile: which operations, how often, and how long a client waits for its answer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Profile:
    """A mix of operations.

    `mix` pairs an operation with its requests per second; `timeout_s` (seconds) is when a client gives up.
    """

    name: str
    mix: tuple[tuple[str, float], ...]
    timeout_s: float

    @property
    def rate_rps(self) -> float:
        """Requests per second intended in all."""
        return sum(rate for _, rate in self.mix)

    @property
    def users(self) -> int:
        """So many that the rate is kept even when every answer takes as long as a client can wait."""
        return math.ceil(self.rate_rps * self.timeout_s)

    @property
    def slot_s(self) -> float:
        """Seconds from one request of a user to the next one of the same user."""
        return self.users / self.rate_rps


def operations(profile: Profile) -> Iterator[str]:
    """Yield the profile's operations for ever, evenly interleaved, so that every second holds the whole mix."""
    credit = dict.fromkeys((op for op, _ in profile.mix), 0.0)
    while True:
        for op, rate in profile.mix:
            credit[op] += rate
        chosen = max(credit, key=lambda op: credit[op])
        credit[chosen] -= profile.rate_rps
        yield chosen
