import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from drills.checks.preflight import require_host
from drills.checks.target import Target, TargetError
from drills.checks.target_file import from_toml, load_target
from tests.helpers.paths import ROOT

FRONT = "http://127.0.0.1:3000"
DSN = "postgresql://schedgen:s3cret-pw@db:5432/schedgen"

OWN = ROOT / "checks" / "targets.toml"


def write(folder: Path, text: str, name: str = "staging.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_local_target_has_the_ports_of_the_runbook() -> None:
    target = load_target("local", OWN)
    assert (target.front_url, target.backend_url, target.worker_url, target.prometheus_url) == (
        "http://127.0.0.1:3000",
        "http://127.0.0.1:8000",
        "http://127.0.0.1:8001",
        "http://127.0.0.1:9090",
    )


def test_url_is_the_front_door_and_says_nothing_of_other_parts() -> None:
    target = Target.from_url("https://plan.example.org:8443/")
    assert (target.front_url, target.backend_url) == ("https://plan.example.org:8443", None)
    assert target.name == "plan.example.org:8443"


def test_url_leaves_the_stores_unknown() -> None:
    target = Target.from_url(FRONT)
    assert (target.postgres_dsn, target.redis_url, target.sign_in_email) == (None, None, None)


@pytest.mark.parametrize("url", ["ftp://host", "http://", "http://host:abc", "host:3000", "http://host:99999"])
def test_what_is_no_front_door_is_refused(url: str) -> None:
    with pytest.raises(TargetError, match="front_url must look like http://host:port"):
        Target.from_url(url)


@pytest.mark.parametrize("show", [repr, str])
def test_passwords_never_show(show: type[str]) -> None:
    target = Target("x", FRONT, postgres_dsn=DSN, redis_url="redis://:r%40dis@cache:6379")
    text = show(target)
    assert "s3cret-pw" not in text
    assert "r%40dis" not in text
    assert "***" in text


def test_redaction_also_finds_the_decoded_password() -> None:
    target = Target("x", FRONT, redis_url="redis://:r%40dis@cache:6379")
    assert target.redact("AUTH r@dis failed") == "AUTH *** failed"


def test_key_value_dsn_is_redacted_too() -> None:
    target = Target("x", FRONT, postgres_dsn="host=db user=schedgen password=pa55word")
    assert "pa55word" not in repr(target)


def test_wrong_address_is_shown_without_its_password() -> None:
    with pytest.raises(TargetError) as error:
        Target("x", FRONT, redis_url="http://user:hush@cache:6379")
    assert "hush" not in str(error.value)


def test_broken_dsn_is_reported_without_its_password() -> None:
    with pytest.raises(TargetError) as error:
        Target("x", FRONT, postgres_dsn="postgresql://u:hush@db:1/x?nonsense=1")
    assert "hush" not in str(error.value)


@pytest.mark.parametrize("seconds", [0, -1, True])
def test_deadline_must_be_a_positive_number(seconds: float) -> None:
    with pytest.raises(TargetError, match="deadline_s must be a number of seconds above 0"):
        Target("x", FRONT, deadline_s=seconds)


def test_toml_fills_in_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PW", "a/b@c")
    path = write(tmp_path, f'front_url = "{FRONT}"\nredis_url = "redis://:${{PW}}@cache:6379/0"\n')
    assert from_toml(path).redis_url == "redis://:a%2Fb%40c@cache:6379/0"


def test_variable_that_is_the_whole_value_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DSN", DSN)
    path = write(tmp_path, f'front_url = "{FRONT}"\npostgres_dsn = "${{DSN}}"\n')
    assert from_toml(path).postgres_dsn == DSN


def test_missing_variable_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, f'front_url = "{FRONT}"\nredis_url = "redis://:${{NO_SUCH_PW}}@cache"\n')
    with pytest.raises(TargetError, match="redis_url needs the environment variable NO_SUCH_PW"):
        from_toml(path)


def test_section_of_a_file(tmp_path: Path) -> None:
    path = write(tmp_path, f'[blue]\nfront_url = "{FRONT}"\n[green]\nfront_url = "http://g:1"\n')
    assert load_target(f"{path}#green", OWN) == Target("green", "http://g:1")


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
        from_toml(write(tmp_path, text))
    assert "\n" not in str(error.value)


def test_unknown_section_names_the_known_ones(tmp_path: Path) -> None:
    path = write(tmp_path, '[blue]\nfront_url = "http://h:1"\n')
    with pytest.raises(TargetError, match=r"no table \[red\]; its tables are blue"):
        from_toml(path, "red")


def test_name_is_a_table_of_ones_own_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, f'[staging]\nfront_url = "{FRONT}"\n', "targets.toml")
    monkeypatch.chdir(tmp_path)
    assert load_target("staging", OWN).name == "staging"
    assert load_target("local", OWN).name == "local"


def test_unknown_name_names_the_known_ones() -> None:
    with pytest.raises(TargetError, match=r"no target 'nowhere': expected one of local, example \("):
        load_target("nowhere", OWN)


@pytest.mark.parametrize("path", ["/no/where/staging.toml", "./staging.toml"])
def test_missing_file_is_named_as_it_was_given(path: str) -> None:
    with pytest.raises(TargetError, match=rf"there is no target file {path.removeprefix('./')}"):
        load_target(path, OWN)


def test_url_of_another_kind_is_not_taken_for_a_name() -> None:
    with pytest.raises(TargetError, match="must look like http://host:port, but it is 'ftp://x'"):
        load_target("ftp://x", OWN)


def test_example_is_a_complete_target(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "S3_ACCESS_KEY", "S3_SECRET_KEY", "GRAFANA_TOKEN"):
        monkeypatch.setenv(name, "x-y-z")
    monkeypatch.setenv("WEBHOOK_URL", "https://hooks.example.org/T/B/token")
    target = load_target("example", OWN)
    assert None not in [getattr(target, key) for key in Target.__dataclass_fields__]
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
        Target("x", FRONT, **fields)


def test_name_that_does_not_resolve_is_no_host() -> None:
    with pytest.raises(TargetError, match=r"'no\.such\.host\.invalid' does not resolve"):
        require_host(Target("x", "http://no.such.host.invalid"))


def test_host_that_never_answers_is_none() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, ExitStack() as waiting:
        port = full.getsockname()[1]
        for _ in range(3):  # nobody accepts them, and there is no room for another one
            client = waiting.enter_context(socket.socket())
            client.settimeout(0)
            client.connect_ex(("127.0.0.1", port))
        with pytest.raises(TargetError, match=r"cannot be reached from here \(no answer within 0\.2 s\)"):
            require_host(Target("x", f"http://127.0.0.1:{port}", timeout_s=0.2))


def test_host_that_refuses_is_one() -> None:
    require_host(Target("x", "http://127.0.0.1:1"))
