"""The mutations of what students take home: the events of a result, and calendars, as a program opens them."""

from __future__ import annotations

from checks.mutations.gateway_edits import AS_SHIPPED, replaced, scripted
from checks.mutations.mutation import Mutation
from checks.mutations.stores import SQL, UNFORGE

UPLOADS = frozenset({"journey", "test schedule", "exam schedule"})
WEEKLY = frozenset({"weekly lectures", "journey"})
"""The checks that open a calendar with lectures."""
REBUILD = (
    "CREATE FUNCTION forge() RETURNS trigger LANGUAGE plpgsql AS \\$\\$ BEGIN NEW.result := jsonb_set(NEW.result,"
    " '{{events}}', (SELECT {events} FROM jsonb_array_elements(NEW.result->'events')"
    " WITH ORDINALITY AS printed(event, place))); RETURN NEW; END \\$\\$;"
    " CREATE TRIGGER forge BEFORE UPDATE ON jobs FOR EACH ROW WHEN (NEW.result IS NOT NULL) EXECUTE FUNCTION forge()"
)
"""A trigger that rebuilds the events of each result."""
A_DAY_LATER = "jsonb_set(event, '{date}', to_jsonb(((event->>'date')::date + 1)::text))"


def rebuilt(name: str, breaks: str, red: frozenset[str], events: str) -> Mutation:
    """Return a mutation that stores other *events*, an SQL aggregate of `event` and `place`, than the worker found."""
    lines = (SQL.format(REBUILD.format(events=events)),)
    return Mutation(name, red=red, breaks=(breaks,), lines=lines, undo=(UNFORGE,))


def answered(name: str, breaks: str, red: frozenset[str], found: str, forged: str) -> Mutation:
    """Return a mutation after which every answer at the front door says *forged* where it said *found*."""
    return Mutation(name, red=red, breaks=(breaks,), lines=replaced(found, forged), undo=AS_SHIPPED)


RESULTS = (
    rebuilt("turn the order of the events round", "SC-06", UPLOADS, "jsonb_agg(event ORDER BY place DESC)"),
    rebuilt(
        "give all events one id", "SC-07", UPLOADS, "jsonb_agg(event || jsonb_build_object('id', '1') ORDER BY place)"
    ),
    rebuilt(
        "keep twenty events",
        "SC-09",
        frozenset({"two hundred events"}),
        "jsonb_agg(event ORDER BY place) FILTER (WHERE place <= 20)",
    ),
    rebuilt(
        "move tests to the day after",
        "SC-02",
        frozenset({"test schedule"}),
        f"jsonb_agg(CASE WHEN event->>'activity' LIKE 'Semester%' THEN {A_DAY_LATER} ELSE event END ORDER BY place)",
    ),
    answered("take exams for tests", "UP-01", frozenset({"exam schedule"}), '"pdfType":"exam"', '"pdfType":"test"'),
    answered("change the ids from answer to answer", "JO-07", UPLOADS, '-2","day"', '-$request_id","day"'),
    answered("skip every second week", "CA-02", WEEKLY, "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2"),
    answered("name another weekday in the rule", "CA-09", WEEKLY, "FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=TU"),
    answered(
        "carry a time zone that is an hour off",
        "CA-04",
        WEEKLY | UPLOADS | {"single events"},
        "TZOFFSETTO:+0200",
        "TZOFFSETTO:+0300",
    ),
    answered("mix up two titles", "CA-05", frozenset({"weekly lectures"}), "SUMMARY:SYN-2 P1", "SUMMARY:SYN-2 P9"),
    answered("mix up two places", "CA-05", frozenset({"weekly lectures"}), "LOCATION:Lab", "LOCATION:Aula"),
    answered(
        "give two tests one UID", "CA-07", frozenset({"calendar file", "single events"}), "UID:SYN-4", "UID:SYN-3"
    ),
    answered(
        "give events no UID",
        "CA-07",
        WEEKLY | UPLOADS | {"calendar file", "single events", "calendar again"},
        "UID:",
        "X-UID:",
    ),
    answered("give each file UIDs of its own", "CA-08", frozenset({"calendar again"}), "@schedgen", "@$request_id"),
    Mutation(
        "end the semester on its first day",
        red=frozenset({"browser: schedule"}),
        breaks=("FD-14",),
        lines=scripted("sed -i 's/semesterEnd: part(.last.)/semesterEnd: part(\"first\")/' page.js"),
        undo=AS_SHIPPED,
    ),
)
