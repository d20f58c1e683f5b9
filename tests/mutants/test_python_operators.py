"""The operators of the libraries change what a running program evaluates, each by itself, and nothing else."""

from __future__ import annotations

import pytest

from drills.mutants.python_operators import changes


def told(text: str) -> set[tuple[str, str]]:
    return {(change.operator, change.now) for change in changes(text)}


@pytest.mark.parametrize(
    ("kind", "text", "operator", "now"),
    [
        ("condition", "a = b < c\n", "swap_op", "a = b <= c"),
        ("condition", "a = b and c\n", "swap_op", "a = b or c"),
        ("condition", "a = not b\n", "remove_unary_ops", "a = b"),
        ("condition", "a = b is None\n", "keywords", "a = b is not None"),
        ("constant", "a = 5\n", "number", "a = 6"),
        ("constant", "a = f('é')\n", "string", "a = f('XXéXX')"),
        ("constant", "a = f(True)\n", "name", "a = f(False)"),
        ("call", "f(a)\n", "call", "None"),
        ("return", "def f():\n    return a\n", "return", "return None"),
        ("argument", "f(a, b=c)\n", "arg_removal", "f(b=c)"),
        ("argument", "f(a, b=c)\n", "arg_removal", "f(a, b=None)"),
        ("parentheses", "a = (b + c) * d\n", "swap_op", "a = (b - c) * d"),
    ],
)
def test_operator_changes(kind: str, text: str, operator: str, now: str) -> None:
    assert (operator, now) in told(text), kind


def test_change_after_a_letter_of_several_bytes_is_in_its_place() -> None:
    text = 'a = "é" + f(b)\n'
    assert 'a = "é" + None\n' in {change.applied(text) for change in changes(text)}


def test_types_and_docstrings_are_left_alone() -> None:
    text = '"""Say."""\n\nif TYPE_CHECKING:\n    a = 5\n\n\ndef f(b: "Text") -> "Text":\n    ...\n'
    assert changes(text) == []


def test_two_operators_that_agree_count_once() -> None:
    text = "def f():\n    return g(a)\n"
    applied = [change.applied(text) for change in changes(text)]
    assert len(applied) == len(set(applied))


def test_change_says_the_statement_that_it_is_in() -> None:
    text = "def f():\n    log.info(\n        'a %s',\n        5,\n    )\n    if a < b:\n        g(a)\n"
    by_line = {change.line: change.statement for change in changes(text)}
    assert by_line[4] == "log.info( 'a %s', 5, )"
    assert by_line[6] == "if a < b:"
    assert by_line[7] == "g(a)"


def test_change_is_the_same_when_lines_are_added_above() -> None:
    text = "a = b < 5\n"
    below = changes("\n# more\nimport x\n" + text)
    assert [(one.operator, one.statement, one.was, one.now) for one in below] == [
        (one.operator, one.statement, one.was, one.now) for one in changes(text)
    ]


def test_every_change_changes_the_program() -> None:
    text = "def f(a):\n    return [b for b in a if b > 1] or g(a, *a)\n"
    assert changes(text)
    assert text not in {change.applied(text) for change in changes(text)}
