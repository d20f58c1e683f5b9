"""A terminal without UTF-8 gets ASCII, and its width is known or None."""

from __future__ import annotations

import pytest

from drills.common.screen import ascii_only, columns, has_unicode


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "en_US.UTF-8"}, True),
        ({"LANG": "C.utf8"}, True),
        ({"LC_CTYPE": "de_DE.UTF-8", "LANG": "C"}, True),
        ({"LANG": "C"}, False),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, False),
        ({"LANG": "de_DE.ISO-8859-1"}, False),
        ({}, False),
        ({"LC_CTYPE": "C.UTF-8", "LANG": "C"}, False),
        ({"LC_CTYPE": "C.UTF-8"}, False),
    ],
)
def test_only_a_locale_of_utf_8_has_more_than_ascii(environment: dict[str, str], expected: bool) -> None:  # noqa: FBT001
    assert has_unicode(environment) is expected


def test_lines_are_drawn_in_ascii() -> None:
    assert ascii_only("5.1 │ … │ ≥ 50 é") == "5.1 | ... | >= 50 ?"


def test_width_is_that_of_the_variable() -> None:
    assert columns({"COLUMNS": "40"}) == 40
    assert columns({"COLUMNS": "3"}) == 20


def test_width_without_a_terminal_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_: int) -> None:
        raise OSError

    monkeypatch.setattr("drills.common.screen.os.get_terminal_size", none)
    assert columns({}) is None
    assert columns({"COLUMNS": "wide"}) is None
