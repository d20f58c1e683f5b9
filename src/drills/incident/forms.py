"""Every document of an incident in every form, as files in memory: nothing is written before all of them are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.incident.documents import documents
from drills.incident.html import html
from drills.incident.mail import mail
from drills.incident.markdown import markdown
from drills.incident.meeting import invitation, meeting
from drills.incident.plain import plain
from drills.incident.slack import slack

if TYPE_CHECKING:
    from drills.incident.facts import Facts

SUFFIXES = (".md", ".html", ".txt", ".slack.json", ".eml", ".ics")


def files(facts: Facts) -> dict[str, bytes]:
    """Return the content of each file by its name; the same facts give the same bytes."""
    found: dict[str, bytes] = {}
    for each in documents(facts):
        found[f"{each.name}.md"] = markdown(each).encode()
        found[f"{each.name}.html"] = html(each).encode()
        found[f"{each.name}.txt"] = plain(each).encode()
        if each.sent:
            found[f"{each.name}.slack.json"] = slack(each).encode()
            found[f"{each.name}.eml"] = mail(each, facts.opened.id, each.sent)
    held = meeting(facts) if facts.ended else None
    if held:
        found["review.ics"] = invitation(facts, held)
    return found
