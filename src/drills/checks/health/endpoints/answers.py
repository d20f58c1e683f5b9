"""Compare the answer of an operation with the responses that its OpenAPI document has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jsonschema.exceptions import UnknownType, ValidationError, best_match
from referencing.exceptions import Unresolvable

from drills.checks import CheckFailed, Skipped, brief, client
from drills.checks.health.endpoints.document import NotUsable, below

if TYPE_CHECKING:
    import httpx

    from drills.checks import CheckContext
    from drills.checks.health.endpoints.document import Document
    from drills.checks.health.endpoints.request import Request

SHOWN: Final = 200
CLIENT_ERROR: Final = 400
NOT_HERE: Final = (404, 410)
NOT_ALLOWED: Final = (401, 403)
DEFAULT: Final = "default"
SUCCESS: Final = re.compile(r"[23](\d\d|XX)")
JSON: Final = re.compile(r"application/(.+\+)?json")


@dataclass(frozen=True)
class Response:
    """A response of the document: its media types, each with the place of its schema, None for none."""

    media: dict[str, str | None]


def success_of(document: Document, operation: dict[str, Any], pointer: str) -> dict[str, Response]:
    """Return the responses that are a success, by their status; raises NotUsable where there is none."""
    found = _responses(document, operation, pointer)
    success = {key: one for key, one in found.items() if SUCCESS.fullmatch(key)} or {
        key: one for key, one in found.items() if key == DEFAULT
    }
    if not success:
        raise NotUsable("the document has no response to it that is a success")
    return success


def asked(
    context: CheckContext, document: Document, operation: tuple[dict[str, Any], str], address: str, request: Request
) -> str:
    """Ask an operation, and compare status, media type and body with the document."""
    with client(context.target, address) as http:
        answer = http.get(address, headers=request.headers)
    responses = _responses(document, *operation)
    key = _key(answer.status_code, responses)
    if answer.status_code >= CLIENT_ERROR:
        _refused(answer, key, by_example=request.by_example)
    if key is None:
        raise CheckFailed(
            f"{answer.status_code} {brief(answer)}, which the document does not have ({', '.join(responses)})"
        )
    return _compared(document, answer, responses[key])


def _refused(answer: httpx.Response, key: str | None, *, by_example: bool) -> None:
    """Raise what an error means: the system may not have the document's example, or want a sign-in that it says."""
    said = f"{answer.status_code} {brief(answer)}"
    if answer.status_code in NOT_HERE and by_example:
        raise Skipped(f"{said}: the example of the OpenAPI document is not in this system")
    if answer.status_code in NOT_ALLOWED and key not in (None, DEFAULT):
        raise Skipped(f"{said}: the OpenAPI document says that this may be")
    raise CheckFailed(said)


def _compared(document: Document, answer: httpx.Response, response: Response) -> str:
    media = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    if not response.media or not answer.content:
        if response.media and answer.status_code == 200:  # noqa: PLR2004  (with another one there need be no body)
            raise CheckFailed(f"200 without a body, where the document has {', '.join(response.media)}")
        return str(answer.status_code)
    known = next((one for one in response.media if _matches(media, one)), None)
    if known is None:
        raise CheckFailed(
            f"{answer.status_code} as {media or 'nothing in particular'}, "
            f"where the document has {', '.join(response.media)}: {brief(answer)}"
        )
    schema = response.media[known]
    if schema is None or not JSON.fullmatch(media):
        return f"{answer.status_code} as {media}"
    _require_valid(document, answer, schema)
    return f"{answer.status_code}, valid by its schema"


def _require_valid(document: Document, answer: httpx.Response, schema: str) -> None:
    try:
        value = answer.json()
    except ValueError:
        raise CheckFailed(f"{answer.status_code} with no JSON: {brief(answer)}") from None
    try:
        worst = best_match(document.validator(schema).iter_errors(value))
    except Unresolvable as error:
        raise Skipped(f"its schema in the OpenAPI document refers to what is not there ({error.ref})") from None
    except (UnknownType, TypeError, ValueError, KeyError, AttributeError, re.error, RecursionError) as error:
        raise Skipped(f"its schema in the OpenAPI document cannot be used ({type(error).__name__})") from None
    if isinstance(worst, ValidationError):
        raise CheckFailed(f"{answer.status_code}, but {worst.json_path}: {worst.message[:SHOWN]}")


def _responses(document: Document, operation: dict[str, Any], pointer: str) -> dict[str, Response]:
    given = operation.get("responses")
    if not isinstance(given, dict):
        raise NotUsable("the document has no responses to it")
    return {
        key if key == DEFAULT else key.upper(): _response(document, *document.at(one, below(pointer, "responses", key)))
        for key, one in given.items()
        if not key.startswith("x-")
    }


def _response(document: Document, response: dict[str, Any], pointer: str) -> Response:
    content = response.get("content")
    media: dict[str, str | None] = {}
    for name, about in content.items() if isinstance(content, dict) else ():
        holder, place = document.at(about, below(pointer, "content", name))
        media[name.split(";")[0].strip().lower()] = below(place, "schema") if "schema" in holder else None
    return Response(media)


def _key(status: int, responses: dict[str, Response]) -> str | None:
    """Return under which key the document has a status: its own, that of its class, or that of all others."""
    wanted = (str(status), f"{status // 100}XX", DEFAULT)
    return next((key for key in wanted if key in responses), None)


def _matches(media: str, known: str) -> bool:
    return known in (media, "*/*") or (known.endswith("/*") and media.startswith(known[:-1]))
