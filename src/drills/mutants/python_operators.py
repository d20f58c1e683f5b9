"""Changes of Python sources, by the operators of two mutation-testing libraries.

mutmut changes conditions, constants, arguments and assignments; it has no operator for calls and returns, so those are
Poodle's. Neither library runs anything here: only its operators are used, on the text of one file.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import libcst as cst
from libcst.metadata import MetadataWrapper, WhitespaceInclusivePositionProvider
from mutmut.mutation.mutators import mutation_operators
from poodle.mutators import FunctionCallMutator, ReturnMutator

from drills.mutants.change import Around, Change, change, collapsed

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLS_AND_RETURNS = {"call": FunctionCallMutator, "return": ReturnMutator}
Found = tuple[str, tuple[int, int], str]
"""The name of an operator, the characters that it replaces (start, end), and what it puts there."""


def changes(text: str) -> list[Change]:
    """Return the changes of a Python module, in the order of their lines; two operators that agree count once."""
    statements, scopes = _statements(text), _scopes(ast.parse(text))
    known: dict[tuple[int, int, str], Change] = {}
    for operator, span, new in (*_by_mutmut(text), *_by_poodle(text)):
        line = text.count("\n", 0, span[0]) + 1
        one = change(operator, text, span, new, Around(statements[line], scopes.get(line, "")))
        if one is not None:
            known.setdefault((one.start, one.end, one.new), one)
    return sorted(known.values(), key=lambda one: (one.start, one.end, one.new))


def _by_mutmut(text: str) -> Iterator[Found]:
    wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    places = wrapper.resolve(WhitespaceInclusivePositionProvider)
    begins = _begins(text)
    for node in _nodes(wrapper.module):
        for kind, operator in mutation_operators:
            if isinstance(node, kind) and node in places:
                place = places[node]
                span = (
                    begins[place.start.line - 1] + place.start.column,
                    begins[place.end.line - 1] + place.end.column,
                )
                name = operator.__name__.removeprefix("operator_")
                yield from ((name, span, wrapper.module.code_for_node(new)) for new in operator(node))


def _nodes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield *node* and all below it, without what a running program never evaluates: types, and docstrings."""
    if isinstance(node, cst.Annotation) or _is_for_types(node) or _is_docstring(node):
        return
    yield node
    for child in node.children:
        yield from _nodes(child)


def _is_for_types(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.If) and isinstance(node.test, cst.Name) and node.test.value == "TYPE_CHECKING"


def _is_docstring(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Expr) and isinstance(node.value, cst.BaseString)


def _by_poodle(text: str) -> Iterator[Found]:
    begins = _begins(text)
    lines = text.splitlines(keepends=True)

    def at(line: int, column: int) -> int:
        # Columns of Python's own parser count bytes.
        return begins[line - 1] + len(lines[line - 1].encode()[:column].decode())

    for name, mutator in CALLS_AND_RETURNS.items():
        found: list[Any] = mutator(None, str).create_mutations(ast.parse(text))  # it changes the tree it is given
        for one in found:
            yield name, (at(one.lineno, one.col_offset), at(one.end_lineno, one.end_col_offset)), one.text


def _begins(text: str) -> list[int]:
    """Return where each line of *text* begins."""
    begins = [0]
    for line in text.splitlines(keepends=True):
        begins.append(begins[-1] + len(line))
    return begins


def _statements(text: str) -> dict[int, str]:
    """Return by line the innermost statement that the line is in, of a statement with a body its head."""
    lines = text.splitlines()
    found = dict(enumerate(lines, 1))
    for node in ast.walk(ast.parse(text)):  # outer statements come before inner ones
        if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
            first, last = _lines_of(node)
            found |= dict.fromkeys(range(first, last + 1), " ".join(lines[first - 1 : _end_of_head(node, last)]))
    return {number: collapsed(statement) for number, statement in found.items()}


def _scopes(node: ast.AST, outer: str = "") -> dict[int, str]:
    """Return by line the names of the classes and functions around it, with dots between them."""
    found: dict[int, str] = {}
    for child in ast.iter_child_nodes(node):
        name = outer
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            name = f"{outer}.{child.name}".removeprefix(".")
            first, last = _lines_of(child)
            found |= dict.fromkeys(range(first, last + 1), name)
        found |= _scopes(child, name)
    return found


def _lines_of(node: Any) -> tuple[int, int]:
    above = [decorator.lineno for decorator in getattr(node, "decorator_list", ())]
    begin = node.pattern if isinstance(node, ast.match_case) else node
    return min([begin.lineno, *above]), getattr(node, "end_lineno", None) or node.body[-1].end_lineno


def _end_of_head(node: Any, last: int) -> int:
    body = getattr(node, "body", None)
    return max(body[0].lineno - 1, node.lineno) if body else last
