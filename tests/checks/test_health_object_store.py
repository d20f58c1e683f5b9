from typing import Any

import pytest

from drills.checks.artifacts import Kind
from drills.checks.context import CheckContext
from drills.checks.definition import Check
from drills.checks.health.object_store import object_bucket, object_write
from drills.checks.result import CheckResult, Outcome
from drills.checks.target import Target
from tests.helpers.checking import target_at
from tests.helpers.fake_system import Answer, Asked, Reply, fake_system
from tests.helpers.own_runbook import OWN_RUNBOOK

REGION = b'<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></LocationConstraint>'
LISTED = '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>{}</ListBucketResult>'
ENTRY = "<Contents><Key>{}</Key></Contents>"
DENIED = b"<Error><Code>AccessDenied</Code><Message>no such key pair</Message></Error>"


def bucket() -> dict[str, Answer]:
    """Answers of a store with one bucket, which keeps what it is given."""
    kept: dict[str, bytes] = {}

    def ask(asked: Asked) -> Reply:
        if "location" in asked.path:
            return 200, REGION
        return 200, LISTED.format("".join(ENTRY.format(name.removeprefix("/bkt/")) for name in kept)).encode()

    def put(asked: Asked) -> Reply:
        # The library signs a body in chunks; the content is the longest line of it.
        kept[asked.path] = max(asked.body.split(b"\r\n"), key=len) if b"chunk-signature" in asked.body else asked.body
        return 200, {"headers": [("ETag", '"e"')]}

    def delete(asked: Asked) -> Reply:
        kept.pop(asked.path)
        return 204, b""

    return {
        "GET /bkt": ask,
        "HEAD /bkt": (200, b""),
        "PUT /bkt/synthetic/*": put,
        "GET /bkt/synthetic/*": lambda asked: (200, kept[asked.path]),
        "DELETE /bkt/synthetic/*": delete,
    }


def look(one: Check, answers: dict[str, Answer], **about: Any) -> CheckResult:
    with fake_system(answers) as served:
        return one(CheckContext(target(served.url, **about), OWN_RUNBOOK))


def target(url: str, **about: Any) -> Target:
    keys = {"s3_access_key": "key", "s3_secret_key": "hush-hush", "s3_bucket": "bkt"} | about
    return target_at(url, store_url=url, **keys)


def with_bucket(**instead: Answer) -> dict[str, Answer]:
    """Return a store's answers, some of them replaced: by the method, for objects."""
    return bucket() | {f"{method} /bkt/synthetic/*": answer for method, answer in instead.items()}


def test_store_that_keeps_what_it_is_given_passes_and_is_left_clean() -> None:
    with fake_system(bucket()) as served:
        context = CheckContext(target(served.url), OWN_RUNBOOK)
        assert object_bucket(context).seen == "bucket bkt is there"
        check_result = object_write(context)
        assert check_result.ok, str(check_result)
    (name,) = context.artifacts.noted(Kind.OBJECT)
    assert name.startswith("synthetic/SYN")
    assert any(one.method == "DELETE" and one.path == f"/bkt/{name}" for one in served.asked)


RED: list[tuple[Check, dict[str, Answer], str]] = [
    (object_bucket, bucket() | {"HEAD /bkt": (404, b"")}, "no bucket bkt"),
    (object_bucket, bucket() | {"GET /bkt": (403, DENIED), "HEAD /bkt": (403, b"")}, "AccessDenied"),
    (object_write, with_bucket(PUT=(403, DENIED)), "AccessDenied"),
    (object_write, with_bucket(PUT=(507, "<html>full</html>")), "507"),
    (object_write, with_bucket(GET=(200, b"something else")), "read b'something else'"),
    (object_write, with_bucket(DELETE=(204, b"")), "is still there after it was deleted"),
]


@pytest.mark.parametrize(("one", "answers", "seen"), RED)
def test_what_is_wrong_with_the_store_is_seen(one: Check, answers: dict[str, Answer], seen: str) -> None:
    check_result = look(one, answers)
    assert check_result.outcome is Outcome.FAIL, str(check_result)
    assert seen in check_result.seen
    assert "hush-hush" not in str(check_result)


def test_store_that_refuses_connections_is_asked_twice_and_measured() -> None:
    check_result = object_bucket(CheckContext(target("http://127.0.0.1:1"), OWN_RUNBOOK))
    assert (check_result.outcome, check_result.seen, len(check_result.attempts)) == (
        Outcome.FAIL,
        "connection refused",
        2,
    )


def test_without_keys_nothing_is_looked_at() -> None:
    check_result = look(object_write, {}, s3_secret_key=None)
    assert check_result.seen == "not checked: no secret key of the object store in the target"
