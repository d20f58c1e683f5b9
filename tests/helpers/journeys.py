"""Take a journey through a small system that answers as a test wants."""

from checks.journeys.flows import take_schedule_home
from checks.target import REFERENCE, ScheduleTarget
from drills.checks import Check, CheckContext, CheckResult
from drills.checks.browser.browser import Browser
from tests.helpers.fake_system import Answer, fake_system
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.student_system import EMAIL, System

PATIENT_S = 15.0
HASTY_S = 2.0


def go(
    check: Check,
    browser: Browser,
    system: System,
    changed: dict[str, Answer] | None = None,
    contract: str = REFERENCE,
    **limits_s: float,
) -> CheckResult:
    """Return the result of the journey *check* against *system*, some of whose answers are *changed*.

    *limits_s* are the target's `timeout_s` and `deadline_s` (seconds).
    """
    with fake_system(system.answers() | (changed or {})) as served:
        # A student can download a calendar without a session, which saves a sign-in that has tests of its own.
        email = None if check is take_schedule_home else EMAIL
        target = ScheduleTarget(
            name="x",
            front_url=served.url,
            contract=contract,
            sign_in_email=email,
            timeout_s=HASTY_S,
            deadline_s=PATIENT_S,
        )
        return check(CheckContext(target.changed(**limits_s), OWN_RUNBOOK, browser=browser))
