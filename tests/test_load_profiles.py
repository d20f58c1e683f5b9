from collections import Counter
from itertools import islice, pairwise

import pytest

from load.profiles import FACULTY_RUSH, PROFILES, STEADY, Content, Op, Profile, contents, operations


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_users_keep_the_rate_even_when_every_answer_takes_the_timeout(profile: Profile) -> None:
    assert profile.users / profile.slot_s == pytest.approx(profile.rate_rps)
    assert profile.slot_s >= profile.timeout_s


def test_steady_is_ten_requests_a_second_a_quarter_of_them_uploads() -> None:
    assert STEADY.rate_rps == 10
    assert dict(STEADY.mix)[Op.UPLOAD] >= 0.25 * STEADY.rate_rps


def test_every_two_seconds_hold_the_whole_mix() -> None:
    stream = operations(STEADY)
    for _ in range(5):
        assert Counter(islice(stream, 20)) == {op: 2 * rate for op, rate in STEADY.mix}


def test_uploads_are_spread_over_the_second() -> None:
    ops = list(islice(operations(STEADY), 200))
    places = [place for place, op in enumerate(ops) if op is Op.UPLOAD]
    assert max(later - place for place, later in pairwise(places)) <= 6


def test_rush_sends_odd_files_at_their_own_distance() -> None:
    every = FACULTY_RUSH.odd_every
    assert every is not None
    found = list(islice(contents(FACULTY_RUSH), 3 * every))
    assert [place for place, content in enumerate(found, start=1) if content is Content.FACULTY] == [
        every,
        2 * every,
        3 * every,
    ]


def test_all_steady_uploads_are_good() -> None:
    assert set(islice(contents(STEADY), 100)) == {Content.GOOD}


def test_fractional_rates_are_kept() -> None:
    profile = Profile("slow", ((Op.FRONT, 0.5), (Op.ICS, 0.25)), timeout_s=4)
    assert Counter(islice(operations(profile), 30)) == {Op.FRONT: 20, Op.ICS: 10}
