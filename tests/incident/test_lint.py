"""The linter of documents finds what it is for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drills.incident.blocks import words
from drills.incident.documents import documents
from drills.incident.lint import allowed, lint
from tests.helpers.incidents import facts, note, resolved, update

FACTS = facts(note(1, "disk at 97%"), update(20), resolved(60))
REVIEW = next(each for each in documents(FACTS) if each.name == "review")


@pytest.mark.parametrize(
    "sentence",
    [
        "[What is wrong, plainly]",
        "INC-YYYY-MM-DD-NNN",
        "SEV-X",
        "at HH:MM",
        "lasted X hours",
        "Responders: None",
        "{{ title }}",
        "on 2026-02-27",
        "by 2027-03-01 03:00 UTC",
        "on 1970-01-01",
        "at 03:07",
        "at 03:07:30 in the night",
        "after 17 minutes",
        "for 4.3 seconds",
        "98% of the users",
        "1234 jobs",
    ],
)
def test_fault_is_found(sentence: str) -> None:
    spoiled = replace(REVIEW, blocks=(*REVIEW.blocks, words(sentence)))
    assert lint(spoiled, allowed(FACTS)) != []


@pytest.mark.parametrize(
    "sentence",
    [
        "disk at 97%",
        "at 03:20:00",
        "by 2026-03-15",
        "after 1 hour 0 minutes",
        "> /dev/null",
        "SEV-2",
        "within 48 hours",
    ],
)
def test_what_follows_from_the_record_is_none(sentence: str) -> None:
    assert lint(replace(REVIEW, blocks=(*REVIEW.blocks, words(sentence))), allowed(FACTS)) == []
