"""The Allure page: one file that needs no server and no network, neither when it is made nor when it is read."""

from __future__ import annotations

import json
import re
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drills.common.files import replacing, write_text
from drills.record.format import RecordError
from drills.reports import node

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CONFIG = node.HOME / "allurerc.mjs"
CLI = node.MODULES / "allure" / "cli.js"
HISTORY_NAME = "allure-history.jsonl"
MAKE_LIMIT_S = 120.0
# Allure adds a visitor counter from the network, and has no option to leave it out.
_COUNTER = re.compile(
    r'<script async src="https://www\.googletagmanager\.com/[^"]*"></script>\s*<script>.*?</script>', re.DOTALL
)
_LOADED_FROM_NETWORK = re.compile(
    r"""<(?:script|link|img|iframe)\b[^>]{0,300}?(?:src|href)=["']?https?://""", re.IGNORECASE
)
# A later version may load something in a way not foreseen here: then the browser refuses.
_POLICY = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src data: blob: 'unsafe-inline' 'unsafe-eval'\">"
)


def build(results_dir: Path, out_dir: Path) -> Path:
    """Make ``index.html`` in *out_dir* from the Allure results in *results_dir*, and return it.

    The history of earlier runs is kept beside *out_dir*; the same results add to it once, however often the page
    is made. Raises RecordError when there are no results, the page's generator is not set up, or it fails.
    """
    results = sorted(results_dir.glob("*-result.json"))
    if not results:
        raise RecordError(f"{results_dir}: expected recorded test results (*-result.json), found none.")
    if not node.installed():
        raise node.NodeError("The Allure page maker is not installed; run: drills setup")
    history = (out_dir.parent / HISTORY_NAME).resolve()
    with tempfile.TemporaryDirectory(prefix="drill-report-") as scratch:
        made = Path(scratch) / "page"
        variables = {
            "DRILL_REPORT_HISTORY": str(history),
            "DRILL_REPORT_APPEND": "no" if _in_history(history, results) else "yes",
        }
        arguments = [str(CLI), "generate", str(results_dir.resolve()), "--config", str(CONFIG), "--output", str(made)]
        said = node.run(arguments, cwd=Path(scratch), limit_s=MAKE_LIMIT_S, variables=variables)
        pages = sorted(made.rglob("index.html"))
        if not pages:
            raise node.NodeError(f"allure generate ended well but made no index.html; it said: {said.strip()[-500:]}")
        return _publish(pages[0], out_dir / "index.html")


def write_environment(results_dir: Path, mapping: Mapping[str, str]) -> Path:
    """Write what the page shows as the run's environment: ``environment.properties`` in *results_dir*."""
    lines = (f"{_escaped(key, '=: ')}={_escaped(value, '')}\n" for key, value in mapping.items())
    return write_text(results_dir / "environment.properties", "".join(lines))


def attach(results_dir: Path, name: str, content: str, media_type: str) -> None:
    """Give the page a text that belongs to the whole run; doing it again replaces the text of that *name*."""
    copy = write_text(results_dir / f"attachment-{name}", content)
    attachment = {"name": name, "source": copy.name, "type": media_type, "timestamp": round(time.time() * 1000)}
    write_text(results_dir / f"{name}-globals.json", json.dumps({"attachments": [attachment]}))


def offline(page: str) -> str:
    """Return *page* without what it would load from the network, and with a policy that forbids the rest.

    Raises RecordError when something is left that a browser would fetch.
    """
    head, tag, rest = _COUNTER.sub("", page).partition("<head>")
    if not tag:
        raise RecordError("The Allure page has no <head>, where the policy against network access belongs.")
    if loaded := _LOADED_FROM_NETWORK.search(rest):
        raise RecordError(f"The Allure page would load something from the network: {loaded[0][:120]}")
    return f"{head}{tag}\n    {_POLICY}{rest}"


def _publish(made: Path, page: Path) -> Path:
    content = offline(made.read_text(encoding="utf-8"))
    with replacing(page) as file:
        file.write_text(content, encoding="utf-8")
    return page


def _in_history(history: Path, results: Sequence[Path]) -> bool:
    """Whether the run that made *results* is already in *history*: by the start and stop of any of its tests."""
    if not history.exists():
        return False
    points = (json.loads(line) for line in history.read_text(encoding="utf-8").splitlines() if line.strip())
    known = {_times(item) for point in points for item in point["testResults"].values()}
    return any(_times(json.loads(result.read_text(encoding="utf-8"))) in known for result in results)


def _times(test: Mapping[str, Any]) -> tuple[Any, Any]:
    return test.get("start"), test.get("stop")


def _escaped(text: str, specials: str) -> str:
    for character in ("\\", *specials):
        text = text.replace(character, f"\\{character}")
    return text.replace("\n", "\\n")
