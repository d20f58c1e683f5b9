"""The mutations of the services' source on a file's way: how it is accepted and read, and what is made of it."""

from __future__ import annotations

from typing import Final, NamedTuple

from checks.mutations.mutation import Mutation
from checks.mutations.service_edits import as_shipped, sourced

OF_FOLDER: Final = {"backend": "backend", "worker": "pdf-worker", "oidc": "oidc"}
"""The service whose source is in a folder."""
LECTURES = {f"schedule: {name}" for name in ("A4", "Letter", "turned pages", "two pages", "header again")}
"""Those whose second row leaves the module to the row above."""


class Edit(NamedTuple):
    """An edit of a *file* below stack/services with sed, the checks that turn red, and the clauses that it breaks."""

    name: str
    red: set[str]
    breaks: tuple[str, ...]
    file: str
    script: str

    def mutation(self) -> Mutation:
        """Return the mutation that makes this edit."""
        service = OF_FOLDER[self.file.partition("/")[0]]
        lines, undo = sourced(self.file, self.script, service), as_shipped(self.file, service)
        return Mutation(self.name, red=frozenset(self.red), breaks=self.breaks, lines=lines, undo=undo)


EDITS: Final = (
    Edit(
        "read the first page only",
        {"schedule: two pages", "schedule: header again"},
        ("SC-08",),
        "worker/parser.py",
        "s/for page in pdf.pages:/for page in pdf.pages[:1]:/",
    ),
    Edit(
        "take a repeated header for a row",
        {"schedule: header again"},
        ("SC-08",),
        "worker/tables.py",
        "s/if _is_header(cells, layout):/if not begun and _is_header(cells, layout):/",
    ),
    Edit(
        "read no page that is turned",
        {"schedule: turned pages"},
        ("SC-13",),
        "worker/parser.py",
        "s/rows.extend(_rows(page))/rows.extend([] if page.rotation else _rows(page))/",
    ),
    Edit(
        "read no page of American size",
        {"schedule: Letter"},
        ("SC-13",),
        "worker/parser.py",
        "s/rows.extend(_rows(page))/rows.extend([] if page.width == 792 else _rows(page))/",
    ),
    Edit(
        "read no module into an empty cell",
        {*LECTURES, "journey", "test schedule", "exam schedule", "parsing on request"},
        ("SC-05",),
        "worker/tables.py",
        's/= row\\["Module"\\] or module/= row["Module"]/',
    ),
    Edit(
        "invent a group",
        {"schedule: no group"},
        ("SC-10",),
        "worker/tables.py",
        's/group=row\\["Group"\\] or None/group=row["Group"] or "G01"/',
    ),
    Edit(
        "keep one of two equal events",
        {"schedule: clashes"},
        ("SC-11",),
        "worker/tables.py",
        "s/found.extend(layout.read(row))/found.extend(one for one in layout.read(row) if one not in found)/",
    ),
    Edit(
        "lose what is not ASCII",
        {"schedule: accents"},
        ("SC-12",),
        "worker/tables.py",
        's/\\[(cell or "").strip()/[(cell or "").encode("ascii", "ignore").decode().strip()/',
    ),
    Edit(
        "keep the first venue",
        {"schedule: several venues", "test schedule", "exam schedule", "parsing on request"},
        ("SC-04",),
        "worker/tables.py",
        's/venue=", ".join(_lines(row\\["Venue"\\]))/venue=_lines(row["Venue"])[0]/',
    ),
    Edit(
        "refuse a single event",
        {"schedule: one event", "schedule: several venues"},
        ("SC-09",),
        "worker/tables.py",
        "s/if not found:/if len(found) < 2:/",
    ),
    Edit(
        "keep a hundred events",
        {"two hundred events"},
        ("SC-09",),
        "worker/tables.py",
        "s/enumerate(found, start=1)/enumerate(found[:100], start=1)/",
    ),
    Edit(
        "number the events anew each time",
        {"parsing on request", "same file twice"},
        ("SC-15",),
        "worker/tables.py",
        "s/{event.module}-{number}/{event.module}-{number}-{datetime.now(UTC)}/",
    ),
    Edit(
        "read one page less",
        {"hundred pages"},
        ("SC-14",),
        "worker/parser.py",
        "s/<= MAX_PAGES:/< MAX_PAGES:/",
    ),
    Edit(
        "read any number of pages",
        {"one page too many"},
        ("SC-14",),
        "worker/parser.py",
        "s/^MAX_PAGES = 100/MAX_PAGES = 1000/",
    ),
    Edit(
        "make one job of equal files",
        {"same file twice"},
        ("UP-08",),
        "backend/upload.py",
        "s/job_id = uuid4()/job_id = UUID(int=abs(hash(content)))/",
    ),
    Edit(
        "call a job that is not completed unknown",
        {"test schedule", "exam schedule", "result of a waiting job"},
        ("JO-05",),
        "backend/results.py",
        's/raise ApiError(400, f"job/raise ApiError(404, f"job/',
    ),
    Edit(
        "write a hundred events into a calendar",
        {"two hundred events"},
        ("CA-06",),
        "backend/ics.py",
        "s/for item in items:/for item in items[:100]:/",
    ),
    Edit(
        "put an event without a date at some date",
        {"impossible events"},
        ("CA-12",),
        "backend/ics.py",
        's/return parse_date(item.date)/return parse_date(item.date or "2026-01-01")/',
    ),
    Edit(
        "let twice the quota wait",
        {"storage quota"},
        ("UP-07",),
        "backend/upload.py",
        "s/<= %(quota)s/<= 2 * %(quota)s/",
    ),
    Edit(
        "name no dependency that is down",
        {"database down"},
        ("HE-02",),
        "backend/health.py",
        's/"error": error, "details"/"error": {}, "details"/',
    ),
    Edit(
        "go on counting transactions of a database that is down",
        {"database down"},
        ("ME-07",),
        "backend/metrics.py",
        "s/set(in_transaction)/set(0 if math.isnan(in_transaction) else in_transaction)/",
    ),
)
SCHEDULES = tuple(edit.mutation() for edit in EDITS)
