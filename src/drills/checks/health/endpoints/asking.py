"""Make a check of each endpoint of a target: those that it declares, and those of its OpenAPI document."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from drills.checks import CheckFailed, brief, client, expect
from drills.checks.health.endpoints.body import differences
from drills.checks.health.endpoints.made import check_at
from drills.common.endpoint import ANY_ANSWER, Endpoint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import httpx

    from drills.checks import Check, CheckContext, Target

ANY: Final = Endpoint(path="", status=ANY_ANSWER, level=1)
"""What is asked of a target that names neither endpoints nor a contract: that its front URL answers at all."""


def endpoint_checks(target: Target) -> tuple[Check, ...]:
    """Return the checks of all endpoints of *target*; raises TargetError for an OpenAPI document that is none.

    Of those at one host and port the others say nothing where the first is not answered.
    """
    made = [endpoint_check(one, target) for one in target.endpoints]
    if target.openapi is not None:
        from drills.checks.health.endpoints.operations import operation_checks  # noqa: PLC0415 - few targets have one

        declared = {one.name for one in made}
        made += [one for one in operation_checks(target) if one.name not in declared]
    if not made and target.contract is None:
        made = [endpoint_check(ANY, target)]
    return tuple(_behind_the_first(made))


def endpoint_check(endpoint: Endpoint, target: Target) -> Check:
    """Return the check of one endpoint of *target*."""
    return check_at(
        endpoint.title,
        endpoint.address_at(target.front_url),
        ", ".join(_expected(endpoint)),
        partial(_asked, endpoint=endpoint),
        level=endpoint.level,
        answer_s=endpoint.answer_s,
    )


def _behind_the_first(checks: Iterable[Check]) -> Iterator[Check]:
    firsts: dict[str, Check] = {}
    for one in checks:
        first = firsts.setdefault(urlsplit(one.address).netloc, one)
        yield one if first is one else one.behind(first)


def _asked(context: CheckContext, endpoint: Endpoint) -> str:
    address = endpoint.address_at(context.target.front_url)
    with client(context.target, address) as http:
        answer = http.request(endpoint.method, address, headers=endpoint.send_headers)
    odd = list(_odd(expect(answer, *endpoint.codes), endpoint))
    if odd:
        raise CheckFailed(f"{answer.status_code}, but {'; '.join(odd)}")
    return f"{answer.status_code}, as expected"


def _odd(answer: httpx.Response, endpoint: Endpoint) -> Iterator[str]:
    """Say what is missing in an answer whose status is in order."""
    for name, part in endpoint.headers.items():
        found = answer.headers.get(name)
        if found is None or part.lower() not in found.lower():
            yield f"no header {name}" if found is None else f"header {name} is {found!r}, without {part!r}"
    if endpoint.text is not None and endpoint.text not in answer.text:
        yield f"no {endpoint.text!r} in {brief(answer)}"
    if endpoint.json_values is not None:
        yield from _odd_values(answer, endpoint)


def _odd_values(answer: httpx.Response, endpoint: Endpoint) -> Iterator[str]:
    try:
        found = answer.json()
    except ValueError:
        yield f"no JSON: {brief(answer)}"
    else:
        yield from differences(found, endpoint.json_values)


def _expected(endpoint: Endpoint) -> Iterator[str]:
    yield " or ".join(map(str, endpoint.status))
    if endpoint.headers:
        yield f"with {' and '.join(endpoint.headers)}"
    if endpoint.json_values is not None or endpoint.text is not None:
        yield "with the body that the target names"
