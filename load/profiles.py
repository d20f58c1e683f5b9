"""Named traffic profiles: which operations, how often, and how long a client waits for its answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from typing import TYPE_CHECKING, Final

from drills.load.profile import Profile

if TYPE_CHECKING:
    from collections.abc import Iterator


class Op(StrEnum):
    """What one student does with one request."""

    UPLOAD = "upload"
    JOB = "job"
    WAIT = "wait"
    RESULT = "result"
    METRICS = "metrics"
    FRONT = "front"
    ICS = "ics"
    WHOAMI = "whoami"
    HEALTH = "health"
    SIGN_IN = "sign-in"
    CAMPUS_SIGN_IN = "campus sign-in"
    CALENDARS = "calendars"
    MYSELF = "myself"


class Content(StrEnum):
    """What an upload holds: a schedule of some kind, the least or the most of one, or a file that kills its parser."""

    GOOD = "good"
    SHORT = "short"
    FACULTY = "faculty"
    POISON = "poison"


@dataclass(frozen=True)
class StudentProfile(Profile):
    """A mix of what students do.

    One in `odd_every` uploads is `odd`, the others are `usual`; without `odd_every` all are.
    """

    usual: Content = Content.GOOD
    odd: Content = Content.POISON
    odd_every: int | None = None


# The timeout is longer than the backend's wait for a pooled connection (30 s): a client that left earlier would
# hide the slow answers from the server's own histogram. All uploads are good: a corrupt one ends only after its
# back-off of 15 s, and every audit would have to wait for the last of them. The rate is such that one failure in the
# shortest window is 1 % of it; an upload is ten times the work of a question, so there are no more of them than the
# alert needs when they alone fail.
STEADY: Final = StudentProfile(
    name="steady",
    mix=(
        (Op.UPLOAD, 3.0),
        (Op.JOB, 7.0),
        (Op.RESULT, 2.0),
        (Op.METRICS, 2.0),
        (Op.FRONT, 3.0),
        (Op.WHOAMI, 2.0),
        (Op.ICS, 1.0),
    ),
    timeout_s=35.0,
)
# For metrics that are no rate of requests: enough to see that students are served, and little work for two cores.
CALM: Final = StudentProfile(
    name="calm",
    mix=((Op.UPLOAD, 1.0), (Op.JOB, 2.0), (Op.RESULT, 1.0), (Op.METRICS, 1.0), (Op.FRONT, 1.0), (Op.WHOAMI, 2.0)),
    timeout_s=35.0,
)
# Students who above all upload, short schedules: where uploads alone are refused, many of the requests fail.
UPLOADS: Final = StudentProfile(
    name="uploads",
    mix=((Op.UPLOAD, 4.0), (Op.JOB, 2.0), (Op.RESULT, 1.0), (Op.METRICS, 1.0), (Op.FRONT, 1.0), (Op.WHOAMI, 2.0)),
    timeout_s=35.0,
    usual=Content.SHORT,
)
# Students who also make calendars, which the backend writes one after the other: those wait where it has too many.
CALENDARS: Final = StudentProfile(
    name="calendars",
    mix=(
        (Op.UPLOAD, 1.0),
        (Op.ICS, 2.0),
        (Op.JOB, 2.0),
        (Op.RESULT, 1.0),
        (Op.METRICS, 1.0),
        (Op.FRONT, 1.0),
        (Op.WHOAMI, 2.0),
    ),
    timeout_s=35.0,
)
# Students who send more than they receive: schedules, and the events that they want a calendar of.
UPLOADS_AND_CALENDARS: Final = StudentProfile(
    name="uploads and calendars",
    mix=((Op.UPLOAD, 1.0), (Op.ICS, 3.0), (Op.JOB, 1.0), (Op.METRICS, 1.0), (Op.FRONT, 1.0), (Op.WHOAMI, 1.0)),
    timeout_s=35.0,
)
# So many requests about jobs that a pool of connections is used up in seconds when none of them is answered.
JOB_REQUESTS: Final = StudentProfile(
    name="job requests",
    mix=((Op.UPLOAD, 1.0), (Op.JOB, 6.0), (Op.RESULT, 1.0), (Op.METRICS, 1.0), (Op.FRONT, 1.0), (Op.WHOAMI, 1.0)),
    timeout_s=35.0,
)
# Students who sign in, at home and on a campus whose students share one address: 90 a minute of each kind from there
# stay under the rate limit of 100. Of those signed in, some left a page open that goes on sending requests, others
# return on the campus and request their own account.
SIGN_INS: Final = StudentProfile(
    name="sign-ins",
    mix=(
        (Op.UPLOAD, 1.0),
        (Op.JOB, 1.0),
        (Op.FRONT, 0.5),
        (Op.SIGN_IN, 2.0),
        (Op.CAMPUS_SIGN_IN, 1.5),
        (Op.CALENDARS, 1.5),
        (Op.MYSELF, 1.5),
    ),
    timeout_s=35.0,
)
# Students who upload a schedule and stay on the page, which waits for the job's end on their behalf.
LONG_POLLING: Final = StudentProfile(
    name="long polling",
    mix=((Op.UPLOAD, 1.0), (Op.WAIT, 2.0), (Op.RESULT, 1.0), (Op.METRICS, 1.0), (Op.FRONT, 1.0), (Op.WHOAMI, 1.0)),
    timeout_s=35.0,
)
# Bursts fill the queue as fast as the system accepts uploads (load.upload_burst), and then go on: at this rate, which
# is too much for workers that finish no job, or at a rate above that of the drill's workers. The files are short,
# because their number matters, and two cores have to parse all of them.
BURST: Final = StudentProfile("burst", ((Op.UPLOAD, 2.0),), timeout_s=10.0, usual=Content.SHORT)
# A faculty's schedule keeps its worker's share of a core busy for seconds. That is no other incident as long as they
# are rare: one comes every half a minute or so.
FACULTY_BURST: Final = replace(BURST, name="faculty burst", odd=Content.FACULTY, odd_every=640)

PROFILES: Final = {
    profile.name: profile
    for profile in (
        STEADY,
        CALM,
        UPLOADS,
        CALENDARS,
        UPLOADS_AND_CALENDARS,
        JOB_REQUESTS,
        SIGN_INS,
        LONG_POLLING,
        BURST,
        FACULTY_BURST,
    )
}


def contents(profile: StudentProfile) -> Iterator[Content]:
    """Yield what each upload holds, for ever; the first one is usual."""
    for number in count(1):
        odd = profile.odd_every is not None and number % profile.odd_every == 0
        yield profile.odd if odd else profile.usual
