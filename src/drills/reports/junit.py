"""The verdicts as JUnit's XML, which CI systems show: one test an arm, one suite an incident."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from drills.common.visible import visible
from drills.reports.collect import cause_order
from drills.reports.expected import in_words, is_expected

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drills.record.arm_verdict import ArmVerdict
    from drills.reports.collect import Cause, Run

FILE: Final = "drills-junit.xml"
"""Another name than that of a run of checks, which lie in the same folder."""


def junit(run: Run) -> str:
    """Return the file: an unexpected verdict is a failure, a row that was not drilled is skipped."""
    root = ET.Element("testsuites", name="drills")
    for incident, causes in groupby(run.causes, key=lambda cause: cause_order(cause.id)[0][:1]):
        _suite(root, f"incident {'.'.join(map(str, incident))}", list(causes), run)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(root: ET.Element, name: str, causes: Iterable[Cause], run: Run) -> None:
    suite = ET.SubElement(root, "testsuite", name=name, timestamp=run.first_at)
    for cause in causes:
        arms = [v for v in run.verdicts if v.cause == cause.id]
        for verdict in arms:
            _judged(suite, verdict)
        if not arms:
            test = ET.SubElement(suite, "testcase", classname=f"drills.{cause.id}", name=visible(cause.name))
            ET.SubElement(test, "skipped", message="not drilled")
    counts = {"tests": "testcase", "failures": "testcase/failure", "skipped": "testcase/skipped"}
    for attribute, path in counts.items():
        suite.set(attribute, str(len(suite.findall(path))))
    suite.set("errors", "0")


def _judged(suite: ET.Element, verdict: ArmVerdict) -> None:
    name = visible(f"{verdict.cause_name}, {verdict.arm}")
    test = ET.SubElement(suite, "testcase", classname=f"drills.{verdict.cause}", name=name)
    if not is_expected(verdict):
        failure = ET.SubElement(test, "failure", type=verdict.verdict, message=in_words(verdict))
        failure.text = visible(verdict.reason)
    ET.SubElement(test, "system-out").text = visible(f"{verdict.verdict}: {verdict.reason}\n{verdict.evidence}")
