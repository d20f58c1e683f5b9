import pytest

from drills.load.client import Answer
from drills.load.profile import Profile, from_json, to_json
from drills.load.request import plain_request
from load.profiles import FACULTY_BURST, StudentProfile


def judged(operation: str, status: int | None) -> str | None:
    return plain_request(operation).judge(Answer(status, b"the body", 1.0))


def test_an_operation_spells_its_request() -> None:
    request = plain_request("POST /notes?draft=1")
    assert (request.method, request.path, request.route) == ("POST", "/notes?draft=1", "/notes")
    assert request.op == "POST /notes?draft=1"


@pytest.mark.parametrize("status", [200, 204, 302])
def test_an_answer_below_400_is_in_order(status: int) -> None:
    assert judged("GET /", status) is None


@pytest.mark.parametrize("status", [400, 404, 500, None])
def test_a_refusal_is_a_complaint(status: int | None) -> None:
    assert judged("GET /", status) == f"expected a status below 400, saw {status} the body"


def test_a_status_that_was_named_is_the_only_one_in_order() -> None:
    assert judged("GET /gone 404", 404) is None
    assert judged("GET /gone 404", 200) == "expected 404, saw 200 the body"


@pytest.mark.parametrize("operation", ["", "upload", "GET", "GET health", "get /", "FLY /", "GET / fine"])
def test_what_spells_no_request_is_refused(operation: str) -> None:
    with pytest.raises(ValueError, match="an operation is written like"):
        plain_request(operation)


@pytest.mark.parametrize("profile", [Profile("p", (("GET /", 0.5),), 2.0), FACULTY_BURST], ids=lambda one: one.name)
def test_profile_reaches_locust_whole(profile: Profile) -> None:
    assert from_json(type(profile), to_json(profile)) == profile


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "the text: Invalid JSON"),
        ('{"name": "p", "mix": [["GET /", "often"]], "timeout_s": 1}', "mix.0.1: Input should be a valid number"),
        ('{"name": "p", "mix": [], "timeout_s": 1}', "profile 'p': every operation needs a rate"),
    ],
    ids=["json", "rate", "empty"],
)
def test_what_is_no_profile_is_refused_with_its_field(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        from_json(StudentProfile, text)


@pytest.mark.parametrize(("mix", "timeout_s"), [((), 1.0), ((("GET /", 0.0),), 1.0), ((("GET /", 1.0),), 0.0)])
def test_profile_that_sends_nothing_is_refused(mix: tuple[tuple[str, float], ...], timeout_s: float) -> None:
    with pytest.raises(ValueError, match="every operation needs a rate and clients a timeout above 0"):
        Profile("p", mix, timeout_s)
