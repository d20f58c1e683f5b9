"""Read an OpenAPI document: its version, its references, and which class validates its schemas."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

import yaml
from openapi_schema_validator import OAS30ReadValidator, OAS31Validator, OAS32Validator
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT4, DRAFT202012

if TYPE_CHECKING:
    from pathlib import Path

    from referencing import Specification

HERE: Final = "urn:document"
"""The address under which references find the document itself."""
VERSIONS: Final[dict[str, tuple[Any, Specification[Any]]]] = {
    "3.0": (OAS30ReadValidator, DRAFT4),
    "3.1": (OAS31Validator, DRAFT202012),
    "3.2": (OAS32Validator, DRAFT202012),
}


class NotUsable(Exception):  # noqa: N818  (a reason, told beside the operation)
    """A part of the document that cannot be followed; the text says why."""


@dataclass(frozen=True)
class Document:
    """An OpenAPI document as it was read; every key in it is a text."""

    content: dict[str, Any]
    version: str
    registry: Registry[Any]

    def at(self, node: Any, pointer: str) -> tuple[dict[str, Any], str]:
        """Return the object *node*, which is at *pointer*, and its place; a reference is followed.

        Raises NotUsable for one that leads nowhere, and for what is no object.
        """
        seen: set[str] = set()
        while isinstance(node, dict) and "$ref" in node:
            reference = str(node["$ref"])
            if reference in seen or not reference.startswith("#/"):
                raise NotUsable(f"it refers to {reference}, which is not in this document")
            seen.add(reference)
            try:
                node = self.registry.resolver(HERE).lookup(reference).contents
            except Unresolvable:
                raise NotUsable(f"it refers to {reference}, which is not in this document") from None
            pointer = reference.removeprefix("#")
        if not isinstance(node, dict):
            raise NotUsable(f"the document has {type(node).__name__} instead of an object at {pointer}")
        return node, pointer

    def validator(self, pointer: str) -> Any:
        """Return what validates values by the schema at *pointer*."""
        made, _ = VERSIONS[self.version]
        return made({"$ref": f"{HERE}#{pointer}"}, registry=self.registry)

    @property
    def base_path(self) -> str:
        """The path of the first server of the document, by which all others begin; its host is not asked."""
        servers = self.content.get("servers")
        first = servers[0] if isinstance(servers, list) and servers and isinstance(servers[0], dict) else {}
        url = str(first.get("url", ""))
        variables = first.get("variables")
        for name, about in variables.items() if isinstance(variables, dict) else ():
            url = url.replace(f"{{{name}}}", str(about.get("default", "")) if isinstance(about, dict) else "")
        return urlsplit(url).path.rstrip("/")


def below(pointer: str, *names: str) -> str:
    """Return the pointer of a member of what is at *pointer*, as it is written behind a #."""
    return pointer + "".join(f"/{quote(name.replace('~', '~0').replace('/', '~1'), safe='~')}" for name in names)


def read(path: Path) -> Document:
    """Read an OpenAPI document in YAML or JSON; raises ValueError, one sentence, for what is none."""
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
        content = json.loads(json.dumps(loaded, default=str))
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror})") from None
    except (yaml.YAMLError, UnicodeDecodeError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{path} is neither YAML nor JSON ({' '.join(str(error).split())})") from None
    said = str(content.get("openapi", "")) if isinstance(content, dict) else ""
    version = ".".join(said.split(".")[:2])
    if version not in VERSIONS:
        raise ValueError(
            f"{path} says openapi {said or 'nowhere'}; the versions that are read are {', '.join(VERSIONS)}"
        )
    if not isinstance(content.get("paths"), dict):
        raise ValueError(f"{path} has no paths")  # noqa: TRY004  (a sentence for the author of the file)
    _, specification = VERSIONS[version]
    return Document(content, version, Registry().with_resource(HERE, specification.create_resource(content)))
