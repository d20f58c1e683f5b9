"""Put together the request to an operation of an OpenAPI document, from the examples in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from drills.checks.health.endpoints.document import NotUsable
from drills.checks.health.endpoints.examples import example_of

if TYPE_CHECKING:
    from drills.checks.health.endpoints.document import Document


@dataclass
class Request:
    """A request as it is put together from the parameters of an operation."""

    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    by_example: bool = False
    """Whether its path names a thing that only the document is sure of."""

    @property
    def target(self) -> str:
        """What follows the address of the system."""
        return self.path + (f"?{urlencode(self.query)}" if self.query else "")


def request_of(document: Document, path: str, item: dict[str, Any], operation: dict[str, Any]) -> Request:
    """Put together the request from the examples of what is required."""
    request = Request(path)
    for one in _parameters(document, item, operation):
        if one.get("required") is not True and one.get("in") != "path":
            continue
        name, place, value = str(one.get("name")), one.get("in"), example_of(document, one)
        if place == "path":
            request.path = request.path.replace(f"{{{name}}}", quote(value, safe=""))
            request.by_example = True
        elif place == "query":
            request.query.append((name, value))
        elif place == "header":
            request.headers[name] = value
        else:
            raise NotUsable(f"it wants the {place} {name}")
    if "{" in request.path:
        raise NotUsable("its path has a parameter that the document does not describe")
    return request


def _parameters(document: Document, item: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the parameters of the path and of the operation, of which the latter count."""
    found: dict[tuple[Any, Any], dict[str, Any]] = {}
    for holder in (item, operation):
        given = holder.get("parameters", [])
        for one in given if isinstance(given, list) else ():
            about, _ = document.at(one, "/parameters")
            found[about.get("name"), about.get("in")] = about
    return list(found.values())
