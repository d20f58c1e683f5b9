"""The students' requests, for locust: `locust -f load/locustfile.py --host http://127.0.0.1:3000 --traffic steady`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from drills.load.user import Client, ProfileShape, behave

# The locust command does not put the project's folder on the path, as `python -m` and pytest do.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from load.profiles import PROFILES, Content, Op, StudentProfile, contents
from load.sign_in_flow import Students, student_request
from load.student_requests import Memory, request_for

if TYPE_CHECKING:
    from drills.load.client import Answer
    from drills.load.ledger import Promise
    from drills.load.request import Request

__all__ = ["Client", "ProfileShape"]


class StudentRequests:
    """The requests of students, and what the students remember of the answers."""

    def __init__(self, profile: StudentProfile) -> None:
        for operation, _ in profile.mix:
            Op(operation)
        self._contents = contents(profile)
        self._memory = Memory()
        self._students = Students()

    def request(self, operation: str) -> Request:
        """Return the request of one student for *operation*."""
        op = Op(operation)
        content = next(self._contents) if op is Op.UPLOAD else Content.GOOD
        return student_request(op, self._students) or request_for(op, self._memory, content)

    def learn(self, request: Request, answer: Answer) -> Promise | None:
        """Remember the job that an answer is about; an accepted upload is a promise to its student."""
        return self._memory.learn(request, answer)


behave(StudentRequests, StudentProfile, PROFILES)
