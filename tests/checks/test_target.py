import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from checks.target import ScheduleTarget
from drills.checks.target import Target, TargetError, with_webhook
from drills.checks.target_file import NOT_IN_A_FILE, from_toml, load_target, require_host
from tests.helpers.paths import ROOT

FRONT = "http://127.0.0.1:3000"
DSN = "postgresql://schedgen:s3cret-pw@db:5432/schedgen"

OWN = ROOT / "checks" / "targets.toml"


def write(folder: Path, text: str, name: str = "staging.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_local_target_has_the_ports_of_the_runbook() -> None:
    target = load_target("local", OWN, ScheduleTarget)
    assert (target.front_url, target.backend_url, target.worker_url, target.prometheus_url) == (
        "http://127.0.0.1:3000",
        "http://127.0.0.1:8000",
        "http://127.0.0.1:8001",
        "http://127.0.0.1:9090",
    )


def test_url_is_the_front_door_and_says_nothing_of_other_parts() -> None:
    target = ScheduleTarget.from_url("https://plan.example.org:8443/")
    assert (target.front_url, target.backend_url) == ("https://plan.example.org:8443", None)
    assert target.name == "plan.example.org:8443"


def test_url_leaves_the_stores_unknown() -> None:
    target = ScheduleTarget.from_url(FRONT)
    assert (target.postgres_dsn, target.redis_url, target.sign_in_email) == (None, None, None)


@pytest.mark.parametrize("url", ["ftp://host", "http://", "http://host:abc", "host:3000", "http://host:99999"])
def test_what_is_no_front_door_is_refused(url: str) -> None:
    with pytest.raises(TargetError, match="front_url must look like http://host:port"):
        ScheduleTarget.from_url(url)


@pytest.mark.parametrize("show", [repr, str])
def test_passwords_never_show(show: type[str]) -> None:
    target = Target(name="x", front_url=FRONT, postgres_dsn=DSN, redis_url="redis://:r%40dis@cache:6379")
    text = show(target)
    assert "s3cret-pw" not in text
    assert "r%40dis" not in text
    assert "***" in text


def test_redaction_also_finds_the_decoded_password() -> None:
    target = Target(name="x", front_url=FRONT, redis_url="redis://:r%40dis@cache:6379")
    assert target.redact("AUTH r@dis failed") == "AUTH *** failed"


def test_key_value_dsn_is_redacted_too() -> None:
    target = Target(name="x", front_url=FRONT, postgres_dsn="host=db user=schedgen password=pa55word")
    assert "pa55word" not in repr(target)


def test_wrong_address_is_shown_without_its_password() -> None:
    with pytest.raises(TargetError) as error:
        Target(name="x", front_url=FRONT, redis_url="http://user:hush@cache:6379")
    assert "hush" not in str(error.value)


def test_broken_dsn_is_reported_without_its_password() -> None:
    with pytest.raises(TargetError) as error:
        Target(name="x", front_url=FRONT, postgres_dsn="postgresql://u:hush@db:1/x?nonsense=1")
    assert "hush" not in str(error.value)


@pytest.mark.parametrize("seconds", [0, -1, True])
def test_deadline_must_be_a_positive_number(seconds: float) -> None:
    with pytest.raises(TargetError, match="deadline_s must be a number of seconds above 0"):
        Target(name="x", front_url=FRONT, deadline_s=seconds)


def test_toml_fills_in_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PW", "a/b@c")
    path = write(tmp_path, f'front_url = "{FRONT}"\nredis_url = "redis://:${{PW}}@cache:6379/0"\n')
    assert from_toml(path, None, ScheduleTarget).redis_url == "redis://:a%2Fb%40c@cache:6379/0"


def test_variable_that_is_the_whole_value_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DSN", DSN)
    path = write(tmp_path, f'front_url = "{FRONT}"\npostgres_dsn = "${{DSN}}"\n')
    assert from_toml(path, None, ScheduleTarget).postgres_dsn == DSN


def test_missing_variable_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, f'front_url = "{FRONT}"\nredis_url = "redis://:${{NO_SUCH_PW}}@cache"\n')
    with pytest.raises(TargetError, match="redis_url needs the environment variable NO_SUCH_PW"):
        from_toml(path, None, ScheduleTarget)


def test_section_of_a_file(tmp_path: Path) -> None:
    path = write(tmp_path, f'[blue]\nfront_url = "{FRONT}"\n[green]\nfront_url = "http://g:1"\n')
    assert load_target(f"{path}#green", OWN, ScheduleTarget) == ScheduleTarget(name="green", front_url="http://g:1")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('front_url = "http://h:1"\nredis = "x"', "unknown key 'redis'"),
        ('name = "x"', "front_url is missing"),
        ("front_url = 3000", "put the address in quotes"),
        ("front_url = ", "not a readable TOML file"),
        ('[a]\nfront_url = "http://h:1"', "say which of its tables is meant"),
    ],
    ids=["unknown-key", "no-front", "number", "broken", "tables"],
)
def test_bad_file_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(TargetError, match=sentence) as error:
        from_toml(write(tmp_path, text), None, ScheduleTarget)
    assert "\n" not in str(error.value)


def test_unknown_section_names_the_known_ones(tmp_path: Path) -> None:
    path = write(tmp_path, '[blue]\nfront_url = "http://h:1"\n')
    with pytest.raises(TargetError, match=r"no table \[red\]; its tables are blue"):
        from_toml(path, "red", ScheduleTarget)


def test_name_is_a_table_of_ones_own_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, f'[staging]\nfront_url = "{FRONT}"\n', "targets.toml")
    monkeypatch.chdir(tmp_path)
    assert load_target("staging", OWN, ScheduleTarget).name == "staging"
    assert load_target("local", OWN, ScheduleTarget).name == "local"


def test_unknown_name_names_the_known_ones() -> None:
    with pytest.raises(TargetError, match=r"no target 'nowhere': expected one of local, example \("):
        load_target("nowhere", OWN, ScheduleTarget)


@pytest.mark.parametrize("path", ["/no/where/staging.toml", "./staging.toml"])
def test_missing_file_is_named_as_it_was_given(path: str) -> None:
    with pytest.raises(TargetError, match=rf"there is no target file {path.removeprefix('./')}"):
        load_target(path, OWN, ScheduleTarget)


def test_url_of_another_kind_is_not_taken_for_a_name() -> None:
    with pytest.raises(TargetError, match="must look like http://host:port, but it is 'ftp://x'"):
        load_target("ftp://x", OWN, ScheduleTarget)


def test_example_is_a_complete_target(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "S3_ACCESS_KEY", "S3_SECRET_KEY", "GRAFANA_TOKEN"):
        monkeypatch.setenv(name, "x-y-z")
    monkeypatch.setenv("WEBHOOK_URL", "https://hooks.example.org/T/B/token")
    target = load_target("example", OWN, ScheduleTarget)
    assert None not in [getattr(target, key) for key in set(ScheduleTarget.model_fields) - NOT_IN_A_FILE]
    assert "T/B/token" not in repr(target)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"dashboards": "Overview"}, "dashboards must be a list of titles"),
        ({"queue": 3}, "queue must be a text, but it is a int"),
        ({"certificate_days": 0}, "certificate_days must be a number of days above 0"),
        ({"answer_s": "2"}, "answer_s must be a number of seconds above 0"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_value_of_the_wrong_kind_is_one_sentence(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(TargetError, match=sentence):
        Target(name="x", front_url=FRONT, **fields)


def test_engine_knows_no_key_of_a_suite(tmp_path: Path) -> None:
    path = write(tmp_path, f'front_url = "{FRONT}"\nbackend_url = "{FRONT}"\n')
    assert from_toml(path, None, ScheduleTarget).backend_url == FRONT
    with pytest.raises(TargetError, match="unknown key 'backend_url'; the keys of a target are alertmanager_url"):
        from_toml(path, None, Target)


def test_target_without_a_suite_has_no_queue_and_no_bucket() -> None:
    target = Target.from_url(FRONT)
    assert (target.queue, target.s3_bucket, target.tables, target.session_prefix) == (None, None, (), None)


def test_keys_of_a_suite_are_checked_and_kept_secret_too() -> None:
    with pytest.raises(TargetError, match="x: worker_url must look like http://host:port, but it is 'worker'"):
        ScheduleTarget(name="x", front_url=FRONT, worker_url="worker")
    target = ScheduleTarget(name="x", front_url=FRONT, backend_url="http://admin:hush-hush@b:1")
    assert "hush-hush" not in repr(target)


def test_unknown_keyword_never_shows_what_was_given() -> None:
    with pytest.raises(ValidationError) as error:
        Target.model_validate({"name": "x", "front_url": FRONT, "password": "hush-hush"})
    assert "hush-hush" not in str(error.value)


def test_changed_target_is_checked_again() -> None:
    target = Target(name="x", front_url=FRONT, redis_url="redis://cache:6379")
    assert target.changed(front_url="http://b:1/") == Target(
        name="x", front_url="http://b:1", redis_url="redis://cache:6379"
    )
    with pytest.raises(TargetError, match="webhook_url must look like http://host:port, but it is something else"):
        with_webhook(target, "hooks/T0KEN")


def test_name_that_does_not_resolve_is_no_host() -> None:
    with pytest.raises(TargetError, match=r"'no\.such\.host\.invalid' does not resolve"):
        require_host(Target(name="x", front_url="http://no.such.host.invalid"))


def test_host_that_never_answers_is_none() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, ExitStack() as waiting:
        port = full.getsockname()[1]
        for _ in range(3):  # the server accepts none of them, so its backlog stays full
            client = waiting.enter_context(socket.socket())
            client.settimeout(0)
            client.connect_ex(("127.0.0.1", port))
        with pytest.raises(TargetError, match=r"cannot be reached from here \(no answer within 0\.2 s\)"):
            require_host(Target(name="x", front_url=f"http://127.0.0.1:{port}", timeout_s=0.2))


def test_host_that_refuses_is_one() -> None:
    require_host(Target(name="x", front_url="http://127.0.0.1:1"))


def test_no_file_makes_a_system_a_sandbox(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="unknown key 'sandbox'"):
        from_toml(write(tmp_path, f'front_url = "{FRONT}"\nsandbox = "yes"\n'), None, ScheduleTarget)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"workers": 0}, "workers must be a whole number of at least 1"),
        ({"workers": True}, "workers must be a whole number"),
        ({"backends": "2"}, "backends must be a whole number"),
        ({"forwarded_for_believed": "yes"}, "forwarded_for_believed must be true or false"),
    ],
)
def test_number_of_replicas_and_belief_are_checked(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(TargetError, match=sentence):
        ScheduleTarget(name="x", front_url=FRONT, **given)
