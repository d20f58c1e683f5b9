"""The kinds of artifacts that only this system has.

A job is noted by its id, a session by its id, as in `sess:<id>`, a calendar by its name, which is a tag. An upload is
noted by its tag before it is sent: a run that is killed before the answer knows no job.
"""

from typing import Final

UPLOAD: Final = "upload"
JOB: Final = "job"
SESSION: Final = "session"
CALENDAR: Final = "calendar"
