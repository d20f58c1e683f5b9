"""The forms of a document: pure, escaped, and readable by the programs that they are for."""

from __future__ import annotations

import email
import email.policy
import json
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from icalendar import Calendar
from markdown_it import MarkdownIt

from drills.incident.blocks import Document, Line, Lines, Table, Title, bullets, words
from drills.incident.entries import Topic
from drills.incident.forms import files
from drills.incident.html import html
from drills.incident.markdown import markdown
from drills.incident.slack import slack
from tests.helpers.incidents import BEGAN, LEVELS, ORIGINS, facts, note, of_origin, opened, resolved

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "<script>alert(1)</script> | *b* [x](javascript:1) `c` <!channel> & \x1b[31m"


@pytest.mark.parametrize("origin", ORIGINS)
def test_same_facts_give_the_same_bytes(origin: str, tmp_path: Path) -> None:
    first, second = (files(of_origin(origin, level, tmp_path)) for level in (LEVELS[1], LEVELS[1]))
    assert first == second
    assert {name.partition(".")[2] for name in first} == {"md", "html", "txt", "slack.json", "eml", "ics"}


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the library's own signature
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def hostile() -> Document:
    table = Table(("A", "B"), ((HOSTILE, "x"),))
    blocks = (Title(HOSTILE, 1), words(HOSTILE), Lines((Line(HOSTILE, "Label"),)), bullets(HOSTILE), table)
    return Document("x", HOSTILE, (HOSTILE,), blocks, sent=BEGAN)


def test_what_was_written_down_does_not_act_in_html() -> None:
    seen = Tags()
    seen.feed(html(hostile()))
    assert "script" not in seen.tags
    assert "a" not in seen.tags
    assert seen.text.count("<script>alert(1)</script>") == 8  # once in the title of the page
    assert "\x1b" not in seen.text


def test_what_was_written_down_does_not_act_in_markdown() -> None:
    seen = Tags()
    seen.feed(MarkdownIt("commonmark").enable("table").render(markdown(hostile())))
    assert not {"script", "a", "em", "code"} & {*seen.tags}
    assert seen.tags.count("td") == 2
    assert seen.text.count("<script>alert(1)</script>") == 7


@pytest.mark.parametrize("text", ["# no heading", "- no list", "1. no list", "+ no list", "=== no rule"])
def test_line_does_not_begin_a_block_of_markdown(text: str) -> None:
    seen = Tags()
    seen.feed(MarkdownIt("commonmark").render(markdown(Document("x", "s", (), (words("before", text),), sent=BEGAN))))
    assert seen.tags == ["h1", "p", "br"]
    assert text in seen.text


def test_slack_takes_its_lengths_and_mentions_nobody() -> None:
    long = Document("x", "s" * 400, (), tuple(words("<!channel> " + "y" * 5000) for _ in range(80)), sent=BEGAN)
    titled = Document("x", "s", (), tuple(part for _ in range(80) for part in (Title("t", 2), words("z"))), sent=BEGAN)
    for document in (long, titled):
        message = json.loads(slack(document))
        assert len(message["blocks"]) <= 50
        assert all(
            len(each["text"]["text"]) <= (150 if each["type"] == "header" else 3000) for each in message["blocks"]
        )
        assert "<!channel>" not in json.dumps(message)
    assert "more parts stand in the document itself" in message["blocks"][-1]["text"]["text"]


def test_mail_is_read_by_a_mail_program() -> None:
    found = files(facts(note(0, "d\xe9bris"), resolved(60), first=opened(title="Uploads\r\nBcc: x@example.org")))
    mail = email.message_from_bytes(found["notification.eml"], policy=email.policy.default)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "[SEV-2] Incident: Uploads Bcc: x@example.org"
    assert mail["Date"].datetime == BEGAN
    assert mail["X-Unsent"] == "1"
    plain, page = mail.iter_parts()
    assert "d\xe9bris" in plain.get_content()
    assert "<h1>[SEV-2] Incident: Uploads" in page.get_content()


def invitation(found: dict[str, bytes]) -> Any:
    """Return the one event of the invitation; what its properties are, the library's types do not say."""
    (event,) = Calendar.from_ical(found["review.ics"]).walk("VEVENT")
    return event


def test_invitation_ends_when_the_runbook_wants_the_review_over() -> None:
    event = invitation(files(facts(resolved(60))))
    over = BEGAN + timedelta(minutes=60)
    assert event["DTSTART"].dt + event["DURATION"].dt == over + timedelta(hours=48)
    assert event["DURATION"].dt == timedelta(minutes=55)
    assert event["STATUS"] == "TENTATIVE"
    assert "Minutes 10 to 25: Root cause analysis" in event["DESCRIPTION"]
    assert "Product owner, after a SEV-1 or SEV-2" in event["DESCRIPTION"]


def test_invitation_is_at_the_time_that_a_person_planned() -> None:
    planned = note(70, "2026-03-02T10:00:00+00:00", Topic.MEETING)
    found = files(facts(resolved(60), planned))
    event = invitation(found)
    assert event["DTSTART"].dt == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert event["STATUS"] == "CONFIRMED"
    assert b"Scheduled for: 2026-03-02 10:00 UTC" in found["resolution.txt"]


def test_product_owner_is_asked_only_at_the_levels_that_name_them() -> None:
    agenda = files(facts(resolved(60), first=opened(severity="SEV-3")))["agenda.txt"]
    assert b"Engineering lead" in agenda
    assert b"Product owner" not in agenda
