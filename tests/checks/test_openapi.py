"""What an OpenAPI document says of an API is asked where that does no harm, and compared with the answers."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from drills.checks import CheckResult, Outcome, Target, TargetError
from drills.checks.health.endpoints.asking import endpoint_checks
from drills.checks.runner import CheckRunner
from tests.helpers.checking import context
from tests.helpers.fake_system import Answer, fake_system

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = """
openapi: 3.0.3
info: {title: Shop, version: "1"}
servers:
  - url: https://{region}.shop.example/{version}
    variables: {region: {default: eu}, version: {default: v1}}
paths:
  /goods:
    get:
      parameters:
        - {name: page, in: query, schema: {type: integer}}
        - {$ref: "#/components/parameters/Size"}
      responses:
        200: {$ref: "#/components/responses/Goods"}
        401: {description: no}
    post: {responses: {201: {description: made}}}
  /goods/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string, example: a/b}}
    get:
      responses:
        2XX: {description: one, content: {application/*: {schema: {$ref: "#/components/schemas/Good"}}}}
        404: {description: none}
  /carts/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {200: {description: one}}
  /me:
    get: {security: [{session: []}], responses: {200: {description: me}}}
  /events:
    get: {responses: {200: {description: all, content: {text/event-stream: {}}}}}
  /elsewhere:
    get: {servers: [{url: "https://other.example"}], responses: {200: {description: ok}}}
  /lost:
    get: {responses: {200: {$ref: "other.yaml#/responses/Lost"}}}
  /page:
    get: {responses: {default: {description: a page, content: {text/html: {}}}}}
components:
  parameters:
    Size: {name: size, in: query, required: true, examples: {few: {value: 2}}, schema: {type: integer}}
  responses:
    Goods:
      description: all
      content:
        application/json; charset=utf-8:
          schema: {type: array, items: {$ref: "#/components/schemas/Good"}}
  schemas:
    Good:
      type: object
      required: [name, secret]
      properties:
        name: {type: string}
        price: {type: number, nullable: true, minimum: 0, exclusiveMinimum: true}
        secret: {type: string, writeOnly: true}
"""
GOOD = {"name": "tea", "price": None}
SOUND: dict[str, Answer] = {
    "GET /v1/goods": (200, json.dumps([GOOD]).encode()),
    "GET /v1/goods/a%2Fb": (200, GOOD),
    "GET /v1/page": (200, "<p>"),
}


def ask(folder: Path, answers: dict[str, Answer], document: str = DOCUMENT, prefix: str = "") -> dict[str, CheckResult]:
    """Return the result of each operation of *document*, by its name."""
    path = folder / "openapi.yaml"
    path.write_text(document, encoding="utf-8")
    with fake_system(answers) as served:
        target = Target.model_validate({"name": "x", "front_url": served.url + prefix, "openapi": str(path)})
        with closing(CheckRunner(endpoint_checks(target), context(target))) as runner:
            return {one.name.removeprefix("endpoint "): one for one in runner.check_results()}


def test_operations_that_do_no_harm_are_asked_by_their_examples(tmp_path: Path) -> None:
    found = ask(tmp_path, SOUND)
    passed = {name: one.seen for name, one in found.items() if one.outcome is Outcome.PASS}
    assert passed == {
        "GET /goods": "200, valid by its schema",
        "GET /goods/{id}": "200, valid by its schema",
        "GET /page": "200 as text/html",
    }, found
    assert found["GET /goods"].where.endswith("/v1/goods?size=2")


def test_operations_that_are_not_asked_are_left_out_with_the_reason(tmp_path: Path) -> None:
    found = ask(tmp_path, SOUND)
    left_out = {name: one.seen for name, one in found.items() if one.outcome is Outcome.SKIPPED}
    before = "not checked: of the OpenAPI document, "
    assert {name: seen.removeprefix(before) for name, seen in left_out.items()} == {
        "POST /goods": "only GET is asked, which changes nothing",
        "GET /carts/{id}": "its parameter id (path) is required, and the document has no example of it",
        "GET /me": "it wants a sign-in (session)",
        "GET /events": "its answer has no end",
        "GET /elsewhere": "it has servers of its own",
        "GET /lost": "it refers to other.yaml#/responses/Lost, which is not in this document",
    }


@pytest.mark.parametrize(
    ("name", "answers", "seen"),
    [
        ("GET /goods", {"GET /v1/goods": (500, "<p>oh")}, "500 <p>oh"),
        ("GET /goods", {"GET /v1/goods": (204, b"")}, "204 (empty body), which the document does not have (200, 401)"),
        ("GET /goods", {"GET /v1/goods": (200, "<p>")}, "200 as text/html, where the document has application/json"),
        ("GET /goods", {"GET /v1/goods": (200, b"")}, "200 without a body, where the document has application/json"),
        ("GET /goods", {"GET /v1/goods": (200, b"[{")}, "200 with no JSON: [{"),
        ("GET /goods", {"GET /v1/goods": (200, b'[{"price": 1}]')}, "200, but $[0]: 'name' is a required property"),
        ("GET /goods", {"GET /v1/goods": (200, b'[{"name": "a", "price": 0}]')}, "200, but $[0].price: 0"),
        ("GET /goods/{id}", {"GET /v1/goods/a%2Fb": (200, {"name": 1})}, "200, but $.name: 1 is not of type 'string'"),
        ("GET /goods", {"GET /v1/goods": (404, b"")}, "404 (empty body)"),
        ("GET /page", {"GET /v1/page": (503, "<p>")}, "503 <p>"),
    ],
)
def test_answer_that_the_document_does_not_have_is_seen(
    name: str, answers: dict[str, Answer], seen: str, tmp_path: Path
) -> None:
    result = ask(tmp_path, SOUND | answers)[name]
    assert result.outcome is Outcome.FAIL, str(result)
    assert seen in result.seen


@pytest.mark.parametrize(
    ("name", "answers", "seen"),
    [
        ("GET /goods/{id}", {"GET /v1/goods/a%2Fb": (404, {})}, "the example of the OpenAPI document is not in this"),
        ("GET /goods", {"GET /v1/goods": (401, {})}, "401 {}: the OpenAPI document says that this may be"),
    ],
)
def test_refusal_that_says_nothing_of_the_operation_is_left_out(
    name: str, answers: dict[str, Answer], seen: str, tmp_path: Path
) -> None:
    result = ask(tmp_path, SOUND | answers)[name]
    assert result.outcome is Outcome.SKIPPED, str(result)
    assert seen in result.seen


def test_path_of_the_documents_server_is_not_asked_twice(tmp_path: Path) -> None:
    assert ask(tmp_path, SOUND, prefix="/v1/")["GET /page"].outcome is Outcome.PASS


def of_schema(schema: dict[str, Any], version: str = "3.1.0") -> str:
    media = {"application/json": {"schema": schema}}
    responses = {"200": {"description": "one", "content": media}}
    paths = {"/one": {"get": {"responses": responses}}}
    return json.dumps({"openapi": version, "info": {}, "paths": paths})


def test_null_is_a_type_from_3_1_on(tmp_path: Path) -> None:
    schema = {"type": ["string", "null"]}
    for body, outcome in ((b"null", Outcome.PASS), (b"1", Outcome.FAIL)):
        assert ask(tmp_path, {"GET /one": (200, body)}, of_schema(schema))["GET /one"].outcome is outcome


@pytest.mark.parametrize(
    ("schema", "seen"),
    [
        ({"$ref": "#/components/schemas/Gone"}, "refers to what is not there (/components/schemas/Gone)"),
        ({"type": "file"}, "cannot be used (UnknownType)"),
        ({"pattern": "("}, "cannot be used (error)"),
    ],
)
def test_schema_that_is_none_says_nothing_of_the_system(schema: dict[str, Any], seen: str, tmp_path: Path) -> None:
    result = ask(tmp_path, {"GET /one": (200, b'"a"')}, of_schema(schema))["GET /one"]
    assert result.outcome is Outcome.SKIPPED, str(result)
    assert seen in result.seen


def test_endpoint_that_the_target_declares_goes_before_that_of_the_document(tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_text(of_schema({"type": "object"}), encoding="utf-8")
    about = {"openapi": str(tmp_path / "openapi.json"), "endpoints": [{"path": "/one", "status": 418}]}
    target = Target.model_validate({"name": "x", "front_url": "http://h:1", **about})
    assert [(one.name, one.expected) for one in endpoint_checks(target)] == [("endpoint GET /one", "418")]


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (None, "openapi.yaml cannot be read (No such file or directory)."),
        (
            'swagger: "2.0"\npaths: {}',
            "openapi.yaml says openapi nowhere; the versions that are read are 3.0, 3.1",
        ),
        ("openapi: 3.0.0", "openapi.yaml has no paths."),
        ("a: [", "openapi.yaml is neither YAML nor JSON ("),
        ("a: &a [*a]", "openapi.yaml is neither YAML nor JSON (Circular reference detected)."),
    ],
)
def test_document_that_is_none_is_refused_in_one_sentence(document: str | None, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    if document is not None:
        path.write_text(document, encoding="utf-8")
    with pytest.raises(TargetError) as refused:
        endpoint_checks(Target(name="x", front_url="http://h:1", openapi=str(path)))
    assert str(refused.value).startswith("x: openapi: ")
    assert sentence in str(refused.value)
