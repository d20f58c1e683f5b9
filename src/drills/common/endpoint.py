"""An endpoint as a target declares it: how it is asked, and what its answer has to be like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, ValidationError, model_validator

from drills.common.address_secrets import password_in, secrets_in_query, token_in

if TYPE_CHECKING:
    from collections.abc import Iterator

ANY_ANSWER: Final = ("2xx", "3xx", "4xx")
"""What a server says that works, whatever it was asked for."""
STATUS: Final = re.compile(r"[1-5]xx")
CLASS: Final = 100
HARMLESS: Final = re.compile(r"accept.*|cache-control|content-type|host|origin|referer|user-agent", re.IGNORECASE)
"""Headers of a request that hold no secret."""
UNKNOWN: Final = "extra_forbidden"


def _status(value: object) -> tuple[int | str, ...]:
    """Return one status or several, each a number or a class such as 2xx."""
    given = tuple(value) if isinstance(value, list | tuple) else (value,)
    fine = [isinstance(one, int) and CLASS <= one < 6 * CLASS for one in given if not isinstance(one, str)]
    if not given or not all(fine) or not all(STATUS.fullmatch(one) for one in given if isinstance(one, str)):
        raise ValueError('must be a status such as 200, a class such as "2xx", or a list of these')
    return given


class Endpoint(BaseModel):
    """One request that changes nothing, and the answer that is expected.

    `path` follows the front URL as it is written there; `url` is an address elsewhere; one of the two is given.
    `status` are numbers or classes. `headers` are parts of the values that headers of the answer have to have, an empty
    one for any value; `json` are values that the body has to have, whatever else is in it; `text` is what it has to
    contain.
    `send_headers` go with the request, and may hold secrets. `answer_s` (seconds) is when an answer is slow, None for
    the limit of the target; `level` is the severity (1 to 4) of a failure.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, Field(min_length=1)] | None = None
    path: Annotated[str, Field(pattern=r"^(/\S*)?$")] | None = None
    url: Annotated[str, Field(pattern=r"^https?://[^\s/]\S*$")] | None = None
    method: Literal["GET", "HEAD", "OPTIONS"] = "GET"
    status: Annotated[tuple[int | str, ...], BeforeValidator(_status)] = (200,)
    headers: dict[str, str] = Field(default_factory=dict)
    json_values: JsonValue = Field(default=None, alias="json")
    text: str | None = None
    send_headers: dict[str, str] = Field(default_factory=dict)
    answer_s: Annotated[float, Field(gt=0)] | None = None
    level: Annotated[int, Field(ge=1, le=4)] = 2

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if (self.path is None) == (self.url is None):
            raise ValueError("needs a path below front_url or a url, and not both")
        if self.method == "HEAD" and (self.text is not None or self.json_values is not None):
            raise ValueError("an answer to HEAD has no body: leave out json and text, or ask with GET")
        return self

    @property
    def title(self) -> str:
        """Its name in reports; without one, the method and what is asked, without a query."""
        if self.name is not None:
            return " ".join(self.name.split())
        where = urlsplit(self.url or self.path or "")
        asked = f"{where.netloc.rpartition('@')[2]}{where.path}"
        return f"{self.method} {asked or 'front URL'}"

    @property
    def codes(self) -> tuple[int, ...]:
        """Every status that is in order."""
        return tuple(code for one in self.status for code in _codes(one))

    @property
    def secrets(self) -> set[str]:
        """What of the request is secret: its headers as a whole and in parts, and what is in its address."""
        headers = {part for name, value in self.send_headers.items() for part in _secret_parts(name, value)}
        address = self.url or f"http://h{self.path}"
        found = headers | {password_in(address), token_in(address)} | secrets_in_query(address)
        return {text for text in found if text}

    def __repr_args__(self) -> list[tuple[str | None, Any]]:
        return [(None, self.title)]

    def address_at(self, front_url: str) -> str:
        """Return what is asked, of a system at *front_url*."""
        return self.url if self.url is not None else f"{front_url}{self.path}"


def _secret_parts(name: str, value: str) -> Iterator[str]:
    """Yield the value of a header as a whole, and without the word that says what it is."""
    if HARMLESS.fullmatch(name):
        return
    yield from (value, value.partition(" ")[2])
    if name.lower() == "cookie":
        yield from (one.partition("=")[2].strip() for one in value.split(";"))


def endpoints_in(value: object) -> tuple[Endpoint, ...]:
    """Return the endpoints of a list of tables; raises ValueError, one sentence, for what is none."""
    if not isinstance(value, list | tuple):
        raise ValueError("must be a list of tables, [[endpoints]], each with a path")  # noqa: TRY004  (a sentence)
    found = tuple(_endpoint(number, one) for number, one in enumerate(value, 1))
    titles = [one.title for one in found]
    twice = next((title for at, title in enumerate(titles) if title in titles[:at]), None)
    if twice is not None:
        raise ValueError(f"has two called {twice!r}; give one of them a name of its own")
    return found


def _endpoint(number: int, value: Any) -> Endpoint:
    try:
        return value if isinstance(value, Endpoint) else Endpoint.model_validate(value)
    except ValidationError as error:
        raise ValueError(_sentence(number, error)) from None


def _sentence(number: int, error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = f"number {number}" + (f", {first['loc'][0]}" if first["loc"] else "")
    if first["type"] == UNKNOWN:
        known = sorted(field.alias or name for name, field in Endpoint.model_fields.items())
        return f"{where}: is no key of an endpoint; the keys are {', '.join(known)}."
    said = first["msg"].removeprefix("Value error, ")
    return f"{where}: {said[0].lower()}{said[1:]}."


def _codes(status: int | str) -> range:
    if isinstance(status, int):
        return range(status, status + 1)
    first = int(status[0]) * CLASS
    return range(first, first + CLASS)
