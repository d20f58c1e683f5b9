"""From a PDF to the events of its schedule. Blocks, and may use all memory: callers decide where it runs.

Release 1.1.0: each page is drawn as well, for a preview.
"""

from __future__ import annotations

import io
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pdfplumber
from pdfminer.pdfexceptions import PDFException
from pdfplumber.utils.exceptions import PdfminerException

from stack.services.worker.tables import ScheduleError, Table, events

if TYPE_CHECKING:
    from pdfplumber.page import Page
    from PIL.Image import Image

MAX_PAGES = 100
PREVIEW_DPI = 72
TITLES = {"Lectures": "lecture", "Semester Tests": "test", "Exams": "exam"}
# Our tables are ruled, so lines alone find the cells; this is several times faster than guessing from the text.
_TABLES = {"vertical_strategy": "lines", "horizontal_strategy": "lines"}

_previews: list[Image] = []
_drawing = threading.Lock()  # PDFium can do one thing at a time


@dataclass(frozen=True)
class Schedule:
    """What a file holds: its kind (lecture, test or exam) and its events, ready for JSON."""

    kind: str
    events: list[dict[str, object]]


def _kind(page: Page) -> str:
    """Return the kind whose title stands first on the page; raises ScheduleError without one."""
    text = page.extract_text_simple()
    places = {text.find(title): kind for title, kind in TITLES.items() if title in text}
    if not places:
        raise ScheduleError(f"the first page has none of the titles {', '.join(TITLES)}")
    return places[min(places)]


def _rows(page: Page) -> Table:
    return [row for table in page.extract_tables(_TABLES) for row in table]


def parse(content: bytes, limit_s: float) -> Schedule:
    """Read the schedule in *content*, for at most *limit_s* seconds; raises ScheduleError, or MemoryError.

    The limit is looked at between pages: a single page that never ends is stopped by killing the process it is in.
    """
    deadline_s = time.monotonic() + limit_s
    rows: Table = []
    try:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            if not 1 <= len(pdf.pages) <= MAX_PAGES:
                raise ScheduleError(f"the file has {len(pdf.pages)} pages; 1 to {MAX_PAGES} are accepted")
            kind = _kind(pdf.pages[0])
            for page in pdf.pages:
                if time.monotonic() > deadline_s:
                    raise ScheduleError(f"the file was not read within {limit_s:g} s")
                rows.extend(_rows(page))
                # The bug of this release: nobody ever takes a picture out again.
                with _drawing:
                    _previews.append(page.to_image(resolution=PREVIEW_DPI).original.convert("L"))
                page.close()  # drops the page's objects; a hundred pages would otherwise pile up
    except (PDFException, PdfminerException) as error:
        if error.args and isinstance(error.args[0], MemoryError):
            # pdfplumber wraps whatever it meets; this one is no fault of the format.
            raise MemoryError(str(error)) from error
        raise ScheduleError(f"not a readable PDF: {error}") from error
    return Schedule(kind, events(kind, rows))
