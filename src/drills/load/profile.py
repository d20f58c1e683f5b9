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

    `mix` pairs an operation with its requests per second; `timeout_s` (seconds) is how long a client waits. The suite's
    locustfile defines the operations; for the engine's own it is a request such as "GET /health". Raises
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
        """The number of users that keep the rate even when every answer takes as long as a client waits."""
        return math.ceil(self.rate_rps * self.timeout_s)


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
    """Return *profile* as JSON for locust's command line, with the fields that a suite's subclass adds."""
    return json.dumps(asdict(profile))


def from_json(kind: type[P], text: str) -> P:
    """Read a profile of the class *kind*; raises ValueError, which names the field, for any other text."""
    try:
        return TypeAdapter(kind).validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"not a profile: {where or 'the text'}: {first['msg']}") from None
