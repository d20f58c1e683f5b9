"""The target of a running stack has what the stack has, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.target import ScheduleTarget
from drills import runbook
from drills.checks.target import Target
from drills.drill.suite import Suite
from drills.drill.system import System
from drills.sandbox.descriptor import read
from drills.sandbox.sandbox import Plan, Sandbox
from drills.sandbox.stack import Stack
from scenarios.suite import SUITE
from tests.helpers.paths import DESCRIPTOR, RUNBOOK
from tests.helpers.small_stack import described

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def target(path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, suite: Suite) -> Target:
    """Return the target of the stack at *path*, as if its ports were published under their own numbers."""
    monkeypatch.setattr(Sandbox, "__init__", lambda _, __: None)
    monkeypatch.setattr(Sandbox, "host_port", lambda _, port: port)
    descriptor = read(path)
    passwords = dict.fromkeys(descriptor.secrets, "x")
    stack = Stack(descriptor, Sandbox(Plan(image="none")), passwords, folder)
    return System(stack, runbook.load(RUNBOOK), 60.0, str, print, suite).target


def test_a_small_stack_has_a_front_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = target(described(tmp_path), tmp_path, monkeypatch, Suite())
    assert type(found) is Target
    assert (found.front_url, found.project) == ("http://127.0.0.1:8080", "small")
    parts = (found.prometheus_url, found.postgres_dsn, found.redis_url, found.tls_url, found.ca_file)
    assert {*parts, found.s3_access_key, found.s3_bucket, found.queue} == {None}


def test_a_suite_has_no_more_than_its_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = target(described(tmp_path), tmp_path, monkeypatch, SUITE)
    assert isinstance(found, ScheduleTarget)
    assert {found.backend_url, found.worker_url, found.oidc_issuer, found.sign_in_email} == {None}
    assert {found.other_email, found.administrator_email, found.backends, found.workers} == {None}


def test_the_reference_stack_has_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = target(DESCRIPTOR, tmp_path, monkeypatch, SUITE)
    assert isinstance(found, ScheduleTarget)
    assert (found.backend_url, found.worker_url) == ("http://127.0.0.1:8000", "http://127.0.0.1:8001")
    assert (found.store_url, found.alertmanager_url) == ("http://127.0.0.1:9000", "http://127.0.0.1:9093")
    assert found.postgres_dsn == "postgresql://schedgen:x@127.0.0.1:5432/schedgen"
    assert (found.redis_url, found.tls_url) == ("redis://127.0.0.1:6379/0", "https://127.0.0.1:3443")
    assert (found.oidc_issuer, found.sign_in_email) == ("http://127.0.0.1:3000/oidc", "drill@example.org")
    assert (found.s3_bucket, found.queue, found.s3_secret_key) == ("pdf-uploads", "pdf-processing", "x")
    assert (found.backends, found.workers, found.forwarded_for_believed) == (1, 2, True)
    assert (found.other_email, found.administrator_email) == ("second.drill@example.org", "admin@example.org")
    assert found.sandbox == found.engine_url
