"""Every drill is in exactly one part of a run, and the parts take about as long as each other."""

from __future__ import annotations

import pytest

from drills.drill.shards import Shard, ShardError, lengths, shard_of, split
from tests.helpers.own_runbook import OWN_RUNBOOK

CAUSES = [cause.id for cause in OWN_RUNBOOK.causes]
RECORDED_S = {cause: float(40 + 37 * number % 200) for number, cause in enumerate(CAUSES)}


def parts(lengths_: dict[str, float], size: int) -> list[set[str]]:
    return [split(lengths_, Shard(number, size)) for number in range(1, size + 1)]


@pytest.mark.parametrize("size", [1, 2, 4, 7, len(CAUSES)])
@pytest.mark.parametrize("recorded_s", [{}, RECORDED_S, {"5.1": 900.0}], ids=["documented", "recorded", "one recorded"])
def test_every_drill_is_in_exactly_one_part(recorded_s: dict[str, float], size: int) -> None:
    found = parts(lengths(OWN_RUNBOOK, CAUSES, recorded_s), size)
    assert sorted(cause for part in found for cause in part) == sorted(CAUSES)
    assert all(found)


def test_the_order_in_which_drills_are_collected_changes_nothing() -> None:
    weighed = lengths(OWN_RUNBOOK, CAUSES, RECORDED_S)
    assert parts(weighed, 4) == parts(dict(reversed(weighed.items())), 4)


def test_parts_differ_by_less_than_the_longest_drill() -> None:
    weighed = lengths(OWN_RUNBOOK, CAUSES, RECORDED_S)
    sums = [sum(weighed[cause] for cause in part) for part in parts(weighed, 4)]
    assert max(sums) - min(sums) < max(weighed.values())


def test_the_record_counts_more_than_the_document() -> None:
    long = lengths(OWN_RUNBOOK, CAUSES, dict.fromkeys(CAUSES, 10.0) | {"5.1": 10_000.0})
    assert {"5.1"} in parts(long, 4)
    assert {"5.1"} not in parts(lengths(OWN_RUNBOOK, CAUSES, {}), 4)


def test_a_drill_without_a_record_counts_as_the_usual_one() -> None:
    assert lengths(OWN_RUNBOOK, ["1.1", "1.2", "1.3", "1.4"], {"1.1": 10.0, "1.2": 30.0, "1.3": 80.0})["1.4"] == 30.0


def test_without_any_record_the_documented_time_counts() -> None:
    high = OWN_RUNBOOK.cause("5.1").documented_minutes[1]
    assert lengths(OWN_RUNBOOK, ["5.1"], {"9.9": 4.0}) == {"5.1": high}


@pytest.mark.parametrize("text", ["", "2", "0/4", "5/4", "2/0", "-1/4", "1/4/4", "1.0/4", "٢/4", " 2/4", "2/1000"])
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(ShardError, match="expected a part such as 2/4"):
        shard_of(text)


def test_more_parts_than_drills_are_refused_in_each_of_them() -> None:
    for number in (1, 3):
        with pytest.raises(ShardError, match=f"--shard {number}/3: there are 2 drills for 3 parts"):
            split({"1.1": 1.0, "1.2": 1.0}, Shard(number, 3))
