"""A document as a mail that a mail program opens as a draft: whom it goes to, a person says."""

from __future__ import annotations

import hashlib
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING

from drills.incident.html import html
from drills.incident.plain import body

if TYPE_CHECKING:
    from datetime import datetime

    from drills.incident.blocks import Document


def mail(document: Document, identity: str, sent: datetime) -> bytes:
    """Return the mail as bytes, in plain text and HTML; *sent* is its date, so the same facts give it again."""
    text, page = body(document), html(document)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = " ".join(document.subject.split())
    message["Date"] = format_datetime(sent)
    message["Message-ID"] = f"<{identity}.{document.name}@drills.invalid>"
    message["X-Unsent"] = "1"
    message.set_content(text)
    message.add_alternative(page, subtype="html")
    # The library draws a boundary at random; this one follows from the contents, which do not hold it.
    message.set_boundary(hashlib.sha256((text + page).encode()).hexdigest()[:32])
    return message.as_bytes()
