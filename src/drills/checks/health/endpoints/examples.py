"""Find the value that an OpenAPI document gives for a parameter, so that a request can be made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drills.checks.health.endpoints.document import NotUsable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.checks.health.endpoints.document import Document


def example_of(document: Document, parameter: dict[str, Any]) -> str:
    """Return the example of a parameter as it stands in a request; raises NotUsable where there is none."""
    name = f"{parameter.get('name')} ({parameter.get('in')})"
    for value in _examples(document, parameter):
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, str | int | float):
            return str(value)
        raise NotUsable(f"the example of its parameter {name} is no single value")
    raise NotUsable(f"its parameter {name} is required, and the document has no example of it")


def _examples(document: Document, parameter: dict[str, Any]) -> Iterator[Any]:
    yield from _of(document, parameter)
    schema, _ = document.at(parameter.get("schema", {}), "/schema")
    yield from _of(document, schema)
    for key in ("const", "default"):
        if key in schema:
            yield schema[key]


def _of(document: Document, holder: dict[str, Any]) -> Iterator[Any]:
    """Yield the examples that are written at a parameter or at its schema."""
    if "example" in holder:
        yield holder["example"]
    several = holder.get("examples")
    if isinstance(several, list):  # of a schema
        yield from several
    for one in several.values() if isinstance(several, dict) else ():  # of a parameter
        about, _ = document.at(one, "/examples")
        if "value" in about:
            yield about["value"]
