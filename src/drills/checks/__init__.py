"""Checks: each tries one promise of a running system. A suite writes its checks with the names below."""

from drills.checks.artifacts import MARK, Artifact, Artifacts, Kind, left_over, made_at_s, new_notes, new_tag, tag_in
from drills.checks.clients import (
    TOO_MANY,
    body,
    brief,
    client,
    expect,
    get,
    on_this_machine,
    patiently,
    prometheus_api,
    said,
)
from drills.checks.context import CheckContext
from drills.checks.definition import KNOWN, REGISTER, Check, CheckSuite, Pace, check, in_words
from drills.checks.result import Attempt, CheckFailed, CheckResult, Observation, Outcome, Skipped
from drills.checks.stores import ask_postgres, connect_postgres, connect_redis, measured_objects, objects_of
from drills.checks.target import Target, TargetError

__all__ = [
    "KNOWN",
    "MARK",
    "REGISTER",
    "TOO_MANY",
    "Artifact",
    "Artifacts",
    "Attempt",
    "Check",
    "CheckContext",
    "CheckFailed",
    "CheckResult",
    "CheckSuite",
    "Kind",
    "Observation",
    "Outcome",
    "Pace",
    "Skipped",
    "Target",
    "TargetError",
    "ask_postgres",
    "body",
    "brief",
    "check",
    "client",
    "connect_postgres",
    "connect_redis",
    "expect",
    "get",
    "in_words",
    "left_over",
    "made_at_s",
    "measured_objects",
    "new_notes",
    "new_tag",
    "objects_of",
    "on_this_machine",
    "patiently",
    "prometheus_api",
    "said",
    "tag_in",
]
