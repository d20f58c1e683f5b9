from collections import Counter
from itertools import islice, pairwise

import pytest

from drills.load.pacing import due_times
from drills.load.profile import Profile
from load.profiles import PROFILES, Op
from tests.helpers.slots import slot_s

TINY = Profile("tiny", ((Op.FRONT, 4.0),), timeout_s=2.5)
SLOTS = 3


def all_due(profile: Profile) -> list[float]:
    users = range(profile.users)
    return sorted(due for turn in users for due in islice(due_times(profile, turn, 100.0), SLOTS))


@pytest.mark.parametrize("profile", [TINY, *PROFILES.values()], ids=lambda profile: profile.name)
def test_rate_stays_even_beyond_the_first_slot(profile: Profile) -> None:
    due = all_due(profile)
    assert due[0] == 100.0
    assert due[-1] > 100.0 + 2 * slot_s(profile)
    gaps = {round(later - earlier, 6) for earlier, later in pairwise(due)}
    assert gaps == {round(1 / profile.rate_rps, 6)}


def test_every_second_of_several_slots_has_the_intended_number_of_requests() -> None:
    seconds = Counter(int(due) for due in all_due(TINY))
    last = max(seconds)
    assert {count for second, count in seconds.items() if second != last} == {4}


def test_one_user_asks_once_a_slot() -> None:
    due = list(islice(due_times(TINY, 3, 100.0), SLOTS))
    assert due == [100.0 + 3 / 4 + slot * slot_s(TINY) for slot in range(SLOTS)]


def test_user_of_a_second_round_takes_the_place_of_the_first() -> None:
    again = due_times(TINY, TINY.users + 3, 100.0)
    assert next(again) == next(due_times(TINY, 3, 100.0))
