"""Lines of configuration are changed by the same operators, and left out."""

from __future__ import annotations

import pytest

from drills.mutants.line_operators import changes


@pytest.mark.parametrize(
    ("line", "operator", "now"),
    [
        ("proxy_read_timeout 60s;", "number", "proxy_read_timeout 61s;"),
        ("listen 3443 ssl;", "number", "listen 3444 ssl;"),
        ("server_tokens off;", "word", "server_tokens on;"),
        ("appendonly: yes", "word", "appendonly: no"),
        ('default "max-age=1"', "string", 'default "XXmax-age=1XX"'),
        ("expr: drills:queue > 100", "swap_op", "expr: drills:queue >= 100"),
        ("expr: a and b", "swap_op", "expr: a or b"),
        ("RATE=100", "line", ""),
        ("RATE=100", "number", "RATE=101"),
    ],
)
def test_line_is_changed(line: str, operator: str, now: str) -> None:
    found = {(change.operator, change.now) for change in changes(f"{line}\n")}
    assert (operator, now) in found


@pytest.mark.parametrize("line", ["# 100 requests", "", "}", "  # on"])
def test_remark_is_left_alone(line: str) -> None:
    assert changes(f"{line}\n") == []


def test_remark_behind_a_value_is_left_alone() -> None:
    assert {change.applied("RATE=100  # 5 a minute\n") for change in changes("RATE=100  # 5 a minute\n")} == {
        "RATE=101  # 5 a minute\n",
        "  # 5 a minute\n",
    }


def test_line_that_others_belong_to_is_not_left_out() -> None:
    text = "services:\n  web:\n    - 80\nserver {\n    listen web;\n}\n"
    assert [change.was for change in changes(text) if change.operator == "line"] == ["- 80", "listen web;"]


@pytest.mark.parametrize("line", ["address 10.0.0.1;", "ssl TLSv1.2;", "image: web@1.2.3"])
def test_number_that_is_part_of_a_name_is_left_alone(line: str) -> None:
    assert [change.operator for change in changes(f"{line}\n")] == ["line"]


def test_mark_of_a_list_is_no_minus() -> None:
    assert [change.operator for change in changes("x\n  - a\n")] == ["line"]
