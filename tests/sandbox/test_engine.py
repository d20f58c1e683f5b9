"""The engine that is used, and the sentence where none can be."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.errors import DockerException

from drills.common import packages
from drills.sandbox import engine
from drills.sandbox.errors import EngineMissingError, SandboxError

HERE = "unix:///somewhere/docker.sock"


class Client:
    """Stands in for docker.DockerClient: an engine answers at the addresses of `answering`, at no other."""

    answering: frozenset[str] = frozenset()

    def __init__(self, base_url: str, timeout: float) -> None:
        assert timeout > 0
        self.base_url = base_url

    def ping(self) -> None:
        if self.base_url not in self.answering:
            raise DockerException("no engine answers")


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without an engine, a Docker configuration or rights to install."""
    monkeypatch.setenv("DOCKER_HOST", "restored afterwards")
    monkeypatch.delenv("DOCKER_HOST")
    monkeypatch.delenv("DOCKER_CONTEXT", raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(docker, "DockerClient", Client)
    monkeypatch.setattr(Client, "answering", frozenset())
    monkeypatch.setattr(packages, "may_install", lambda: False)


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let an engine answer at the given addresses."""
    return lambda *urls: monkeypatch.setattr(Client, "answering", frozenset(urls))


def choose_context(folder: Path, host: str) -> None:
    """Write what `docker context create lab --docker host=… && docker context use lab` leaves in *folder*."""
    meta = folder / "contexts" / "meta" / hashlib.sha256(b"lab").hexdigest()
    meta.mkdir(parents=True)
    endpoints = {"docker": {"Host": host, "SkipTLSVerify": False}}
    (meta / "meta.json").write_text(json.dumps({"Name": "lab", "Metadata": {}, "Endpoints": endpoints}))
    (folder / "config.json").write_text(json.dumps({"currentContext": "lab"}))


def test_nothing_answers_and_nothing_may_be_installed(tmp_path: Path) -> None:
    with pytest.raises(EngineMissingError, match=r"install Docker Engine 20\.10 or newer .*, start it, and run this"):
        engine.ensure(tmp_path)


def test_a_named_engine_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", HERE)
    with pytest.raises(EngineMissingError, match=f"No Docker engine answers at DOCKER_HOST={HERE}: start it there"):
        engine.ensure(tmp_path)


def test_a_named_engine_is_used_and_no_other(monkeypatch: pytest.MonkeyPatch, answer: Any, tmp_path: Path) -> None:
    choose_context(tmp_path, "unix:///context.sock")
    answer(HERE, "unix:///context.sock")
    monkeypatch.setenv("DOCKER_HOST", HERE)
    assert engine.connect().base_url == HERE


@pytest.mark.parametrize("url", ["tcp://10.1.2.3:2375", "ssh://ops@build-host", "http://docker.example.org:2375"])
def test_an_engine_on_another_machine_is_refused(monkeypatch: pytest.MonkeyPatch, answer: Any, url: str) -> None:
    answer(url)
    monkeypatch.setenv("DOCKER_HOST", url)
    with pytest.raises(SandboxError, match="is on another machine; drills run on a local engine only"):
        engine.connect()


def test_an_engine_on_another_machine_is_not_even_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://10.1.2.3:2375")
    monkeypatch.setattr(Client, "ping", lambda _: pytest.fail("asked"))
    with pytest.raises(SandboxError, match="is on another machine"):
        engine.connect()


@pytest.mark.parametrize("url", [HERE, "tcp://127.0.0.1:2375", "tcp://localhost:2375", "tcp://[::1]:2375"])
def test_an_engine_on_this_machine_is_used(monkeypatch: pytest.MonkeyPatch, answer: Any, url: str) -> None:
    answer(url)
    monkeypatch.setenv("DOCKER_HOST", url)
    assert engine.connect().base_url == url


def test_the_chosen_context_is_used(answer: Any, tmp_path: Path) -> None:
    choose_context(tmp_path, HERE)
    answer(HERE)
    assert engine.connect().base_url == HERE


def test_the_engine_found_is_told_to_the_libraries(answer: Any, tmp_path: Path) -> None:
    choose_context(tmp_path, HERE)
    answer(HERE)
    engine.connect()
    assert os.environ["DOCKER_HOST"] == HERE


@pytest.mark.parametrize("content", ["{", "[]", '{"currentContext": "gone"}'], ids=["broken", "a list", "unknown"])
def test_an_unusable_context_leaves_the_usual_sockets(answer: Any, tmp_path: Path, content: str) -> None:
    (tmp_path / "config.json").write_text(content)
    (tmp_path / "docker.sock").touch()
    answer(f"unix://{tmp_path}/docker.sock")
    assert engine.connect().base_url == f"unix://{tmp_path}/docker.sock"


def test_a_rootless_engine_is_found_by_its_socket(answer: Any, tmp_path: Path) -> None:
    (tmp_path / "docker.sock").touch()
    answer(f"unix://{tmp_path}/docker.sock")
    assert engine.connect().base_url == f"unix://{tmp_path}/docker.sock"


def test_only_an_engine_that_we_started_is_stopped(tmp_path: Path) -> None:
    assert not engine.stop_ours(tmp_path)


def test_a_pid_that_another_process_got_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "dockerd.pid").write_text(str(os.getpid()))
    assert not engine.stop_ours(tmp_path)
