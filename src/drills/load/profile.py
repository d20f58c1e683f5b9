"""A traffic profile: which operations, how often, and how long a client waits for its answer."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, TypeVar

from pydantic import TypeAdapter, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterator

P = TypeVar("P", bound="Profile")


@dataclass(frozen=True)
class Profile:
    """A mix of operations.

    `mix` pairs an operation with its requests per second; `timeout_s` (seconds) is when a client gives up. What an
    operation is, the suite's locustfile says; for the engine's own it is a request such as "GET /health". Raises
    ValueError for a profile that sends nothing, or that waits for no answer.
    """

    name: str
    mix: tuple[tuple[str, float], ...]
    timeout_s: float

    def __post_init__(self) -> None:
        if not self.mix or min(rate for _, rate in self.mix) <= 0 or self.timeout_s <= 0:
            raise ValueError(f"profile {self.name!r}: every operation needs a rate and clients a timeout above 0")

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


def to_json(profile: Profile) -> str:
    """Write *profile*, and what a suite's own kind of it has beside, for locust's command line."""
    return json.dumps(asdict(profile))


def from_json(kind: type[P], text: str) -> P:
    """Read a profile of that kind; raises ValueError, which names the field, for any other text."""
    try:
        return TypeAdapter(kind).validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"not a profile: {where or 'the text'}: {first['msg']}") from None
