"""Checks: each tries one promise of a running system. A suite writes its checks with the names below."""

from drills.checks.artifacts import MARK, Artifact, Artifacts, Kind, made_at_s, new_tag, tag_in
from drills.checks.context import CheckContext
from drills.checks.definition import REGISTER, Check, CheckSuite, Pace, check, in_words
from drills.checks.result import Attempt, CheckFailed, CheckResult, Observation, Outcome, Skipped
from drills.checks.target import Target, TargetError

__all__ = [
    "MARK",
    "REGISTER",
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
    "check",
    "in_words",
    "made_at_s",
    "new_tag",
    "tag_in",
]
