"""Tell which operations of an OpenAPI document can be asked without harm, and why the others are not."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from drills.checks import Skipped, TargetError
from drills.checks.health.endpoints.answers import asked, success_of
from drills.checks.health.endpoints.document import NotUsable, below, read
from drills.checks.health.endpoints.made import check_at
from drills.checks.health.endpoints.request import request_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.checks import Check, CheckContext, Target
    from drills.checks.health.endpoints.answers import Response
    from drills.checks.health.endpoints.document import Document

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
LEVEL: Final = 3
ENDLESS: Final = ("text/event-stream", "multipart/x-mixed-replace")


def operation_checks(target: Target) -> Iterator[Check]:
    """Yield a check of each operation of the target's document; one that is not asked is left out with its reason.

    Raises TargetError for a document that cannot be read.
    """
    try:
        document = read(Path(str(target.openapi)))
    except ValueError as error:
        raise TargetError(f"{target.name}: openapi: {error}.") from None
    for path, item in document.content["paths"].items():
        yield from _of_path(document, target, path, item)


def _of_path(document: Document, target: Target, path: str, item: Any) -> Iterator[Check]:
    try:
        found, pointer = document.at(item, below("/paths", path))
    except NotUsable as error:
        yield _left_out(f"GET {path}", str(error))
        return
    for method in METHODS:
        if method in found and method != "get":
            yield _left_out(f"{method.upper()} {path}", "only GET is asked, which changes nothing")
    if "get" in found:
        yield _get(document, target, path, (found, pointer))


def _get(document: Document, target: Target, path: str, item: tuple[dict[str, Any], str]) -> Check:
    title = f"GET {path}"
    try:
        operation, pointer = document.at(item[0]["get"], below(item[1], "get"))
        _require_askable(document, item[0], operation)
        request = request_of(document, path, item[0], operation)
        success = _ending(success_of(document, operation, pointer))
    except NotUsable as error:
        return _left_out(title, str(error))
    address = _base(document, target) + request.target
    function = partial(asked, document=document, operation=(operation, pointer), address=address, request=request)
    return check_at(title, address, f"{' or '.join(success)}, as the OpenAPI document has it", function, level=LEVEL)


def _ending(success: dict[str, Response]) -> dict[str, Response]:
    """Return the responses that a request can wait for."""
    if any(media in ENDLESS for one in success.values() for media in one.media):
        raise NotUsable("its answer has no end")
    return success


def _base(document: Document, target: Target) -> str:
    """Return the address that the document's paths follow: the target's, with the path of the document's server."""
    base = document.base_path
    return target.front_url + ("" if urlsplit(target.front_url).path.endswith(base) else base)


def _require_askable(document: Document, item: dict[str, Any], operation: dict[str, Any]) -> None:
    if "servers" in item or "servers" in operation:
        raise NotUsable("it has servers of its own")
    wanted = operation.get("security", document.content.get("security"))
    if isinstance(wanted, list) and wanted and {} not in wanted:
        names = sorted({name for one in wanted if isinstance(one, dict) for name in one})
        raise NotUsable(f"it wants a sign-in ({', '.join(names)})")


def _left_out(title: str, why: str) -> Check:
    def function(_: CheckContext) -> str:
        raise Skipped(f"of the OpenAPI document, {why}")

    return check_at(title, "", "nothing, it is not asked", function, level=LEVEL)
