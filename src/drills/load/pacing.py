"""Compute when each user sends: users take turns within a slot, and each slot begins where the one before it ended."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.load.profile import Profile


def due_times(profile: Profile, turn: int, began_s: float) -> Iterator[float]:
    """Yield for ever when the user with this turn sends, in seconds of the clock on which traffic began at `began_s`.

    All users count from the same `began_s`. Counted from each user's own creation, the users' slots would overlap by
    as long as it took to create them all, and the rate would double for that long at the end of every slot.
    """
    for request in count(turn % profile.users, profile.users):
        yield began_s + request / profile.rate_rps
