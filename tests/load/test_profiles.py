from collections import Counter
from itertools import islice, pairwise

import pytest

from drills import runbook
from drills.load.profile import Profile, operations
from drills.plugin.options import TIME_SCALE
from load.profiles import FACULTY_BURST, PROFILES, STEADY, Content, Op, contents
from tests.helpers.paths import RUNBOOK
from tests.helpers.slots import slot_s

ERRORS = runbook.load(RUNBOOK).incident(1).alert


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_users_keep_the_rate_even_when_every_answer_takes_the_timeout(profile: Profile) -> None:
    assert profile.users / slot_s(profile) == pytest.approx(profile.rate_rps)
    assert slot_s(profile) >= profile.timeout_s


def test_one_failure_in_the_shortest_window_of_steady_traffic_is_one_percent_of_it() -> None:
    assert ERRORS.window_s is not None
    assert STEADY.rate_rps * ERRORS.window_s / TIME_SCALE >= 100


def test_steady_uploads_alone_are_enough_for_the_alert_on_errors_twice_over() -> None:
    assert dict(STEADY.mix)[Op.UPLOAD] / STEADY.rate_rps >= 2 * ERRORS.threshold.value


def test_every_second_holds_the_whole_mix() -> None:
    stream = operations(STEADY)
    for _ in range(5):
        second = Counter(islice(stream, 20))
        assert second == {op: rate for op, rate in STEADY.mix}  # noqa: C416  (a Counter compares with counts)


def test_uploads_are_spread_over_the_second() -> None:
    ops = list(islice(operations(STEADY), 200))
    uploads = [number for number, op in enumerate(ops) if op is Op.UPLOAD]
    assert max(later - number for number, later in pairwise(uploads)) <= 8


def test_burst_sends_odd_files_at_their_own_distance() -> None:
    every = FACULTY_BURST.odd_every
    assert every is not None
    found = list(islice(contents(FACULTY_BURST), 3 * every))
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
