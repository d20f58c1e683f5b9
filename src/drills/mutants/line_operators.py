"""Changes of files that are no programs: configuration, settings, rules; line by line.

Numbers, quoted texts and comparisons are changed by mutmut's operators, as in a program. To that come the words for on
and off, and lines that are left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import libcst as cst
from mutmut.mutation.mutators import operator_number, operator_string, operator_swap_op

from drills.mutants.change import Around, Change, change

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBER: Final = re.compile(r"(?<![\w.-])(?:0|[1-9]\d*)(?:\.\d+)?(?![\d.])")
QUOTED: Final = re.compile(r"'[^'\\\n]*'|\"[^\"\\\n]*\"")
COMPARISON: Final = re.compile(r"(?<=\S\s)(?:==|!=|<=|>=|<|>|and|or|[+*/-])(?=\s)")
WORD: Final = re.compile(r"(?<![\w-])(?:on|off|true|false|yes|no)(?![\w-])")
OTHER_WORD: Final = {"on": "off", "off": "on", "true": "false", "false": "true", "yes": "no", "no": "yes"}
REMARK: Final = re.compile(r"(?:^|\s)#.*")
OPENS: Final = (":", "{", "|", "[", "(", "\\")
"""What a line ends with that begins something: without it, the lines below would belong elsewhere."""


def changes(text: str) -> list[Change]:
    """Return the changes of a file whose remarks begin with `#`, in the order of their lines."""
    known: dict[tuple[int, int, str], Change] = {}
    lines, begin = text.splitlines(keepends=True), 0
    for number, line in enumerate(lines):
        content = REMARK.sub("", line.rstrip("\n")).rstrip()
        for operator, (start, end), new in _of_line(content, _below(lines, number)):
            one = change(operator, text, (begin + start, begin + end), new, Around(content.strip()))
            if one is not None:
                known.setdefault((one.start, one.end, one.new), one)
        begin += len(line)
    return sorted(known.values(), key=lambda one: (one.start, one.end, one.new))


def _of_line(content: str, below: str) -> Iterator[tuple[str, tuple[int, int], str]]:
    for found in NUMBER.finditer(content):
        node = cst.parse_expression(found[0])
        if isinstance(node, cst.BaseNumber):
            yield from (("number", found.span(), _code(new)) for new in operator_number(node))
    for found in QUOTED.finditer(content):
        node = cst.parse_expression(found[0])
        if isinstance(node, cst.BaseString):
            # The first says something else; the others say the same in capitals.
            yield from (("string", found.span(), _code(new)) for new in list(operator_string(node))[:1])
    for found in COMPARISON.finditer(content):
        yield from (("swap_op", found.span(), new) for new in _swapped(found[0]))
    for found in WORD.finditer(content):
        yield "word", found.span(), OTHER_WORD[found[0]]
    if _stands_alone(content, below):
        yield "line", (0, len(content)), ""


def _swapped(operator: str) -> list[str]:
    expression = cst.parse_expression(f"a {operator} b")
    node = expression.comparisons[0] if isinstance(expression, cst.Comparison) else expression
    return [_code(new).removeprefix("a").removesuffix("b").strip() for new in operator_swap_op(node)]


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)


def _below(lines: list[str], number: int) -> str:
    """Return the next line that says something."""
    return next((line for line in lines[number + 1 :] if REMARK.sub("", line).strip()), "")


def _stands_alone(content: str, below: str) -> bool:
    """Say whether the line can be left out by itself."""
    said = content.strip()
    deeper = len(below) - len(below.lstrip()) > len(content) - len(content.lstrip())
    return bool(re.search(r"\w", said)) and not said.endswith(OPENS) and not deeper
