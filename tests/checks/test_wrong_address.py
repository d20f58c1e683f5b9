"""A front door at another address says what to write in the file with the target."""

from __future__ import annotations

import ssl

import httpx
import pytest

from drills.checks.clients import brief, expect
from drills.checks.definition import in_words
from drills.checks.result import CheckFailed
from tests.helpers.checking import target_at


def redirect(location: str) -> httpx.Response:
    request = httpx.Request("GET", "http://127.0.0.1:3000/health")
    return httpx.Response(302, headers={"location": location}, request=request)


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("https://plan.example.org/health?token=hush", "to https://plan.example.org/health; where the system is there"),
        ("https://plan.example.org/health", "write https://plan.example.org as front_url"),
        ("/login", "to http://127.0.0.1:3000/login"),
        ("https://user:hush@plan.example.org/", "write https://plan.example.org as front_url"),
    ],
)
def test_a_redirect_says_where_to(location: str, words: str) -> None:
    with pytest.raises(CheckFailed) as failed:
        expect(redirect(location), 200)
    assert "GET /health -> 302 to " in str(failed.value)
    assert words in str(failed.value)
    assert "hush" not in str(failed.value)


def test_an_answer_that_is_no_redirect_is_its_body() -> None:
    assert brief(httpx.Response(302, request=httpx.Request("GET", "http://h:1/"))) == "(empty body)"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)",
            "the certificate cannot be trusted: name its authority as ca_file (certificate verify failed: self-signed",
        ),
        (
            "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)",
            "this port speaks http, not https: write",
        ),
        ("[SSL: RECORD_LAYER_FAILURE] record layer failure", "this port speaks http, not https: write"),
    ],
)
def test_a_failed_handshake_says_what_to_write(said: str, words: str) -> None:
    for error in (httpx.ConnectError(said), ssl.SSLError(said)):
        assert in_words(error, target_at()).startswith(words)
