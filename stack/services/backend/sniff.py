"""Which kind of schedule is this PDF? Only its first page is read: the rest may be anything."""

from __future__ import annotations

import asyncio
from threading import Lock

import pypdfium2

TITLES = {"Lectures": "lecture", "Semester Tests": "test", "Exams": "exam"}
_pdfium = Lock()  # the library must not be entered by two threads at once


def kind_in(text: str) -> str | None:
    """Return the kind whose title comes first in the page's *text*; None when there is no title."""
    places = {text.find(title): kind for title, kind in TITLES.items() if title in text}
    return places[min(places)] if places else None


def _first_page(content: bytes) -> str:
    with _pdfium:
        document = pypdfium2.PdfDocument(content)
        try:
            page = document[0].get_textpage()
            return str(page.get_text_bounded())
        finally:
            document.close()


async def kind_of(content: bytes) -> str | None:
    """Return `lecture`, `test` or `exam`; None for anything that is not one of these schedules."""
    if not content.startswith(b"%PDF-"):
        return None
    try:
        return kind_in(await asyncio.to_thread(_first_page, content))
    except (pypdfium2.PdfiumError, IndexError):
        return None
