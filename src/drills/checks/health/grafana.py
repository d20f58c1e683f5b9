"""Grafana: it answers, and shows what the runbook sends its readers to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from drills.checks.clients import body, brief, client, expect, get
from drills.checks.definition import Room, probe
from drills.checks.result import LeftOut, Unexpected

if TYPE_CHECKING:
    import httpx

    from drills.checks.context import Visit

OK: Final = 200
REFUSED: Final = (401, 403)
SEARCH: Final = {"type": "dash-db", "limit": "5000"}


@probe(
    "grafana",
    room=Room.HEALTH,
    needs="grafana_url",
    expected="200 from /api/health, with a database that is ok",
    next_step="read Grafana's log",
    level=4,
)
def grafana(visit: Visit) -> str:
    """Look whether Grafana answers and can read its own database."""
    found = body(get(visit.target, visit.target.grafana_url, "/api/health"))
    if found.get("database") != "ok":
        raise Unexpected(f"200 with database {found.get('database')!r}")
    return "200 with database ok"


@probe(
    "grafana dashboards",
    room=Room.HEALTH,
    needs="grafana_url",
    expected="each dashboard of the target, or else of the runbook, by its title",
    next_step="import the dashboards that are missing",
    level=4,
    after=(grafana,),
)
def grafana_dashboards(visit: Visit) -> str:
    """Look for the dashboards that somebody with an incident would open first."""
    wanted = visit.target.dashboards or tuple(one.name for one in visit.book.dashboards)
    if not wanted:
        raise LeftOut("neither the target nor the runbook names a dashboard")
    titles = _titles(_search(visit))
    missing = [title for title in wanted if title not in titles]
    if missing:
        raise Unexpected(f"no {', '.join(missing)} among {len(titles)} dashboards")
    return ", ".join(wanted)


def _search(visit: Visit) -> httpx.Response:
    token = visit.target.grafana_token
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    with client(visit.target, visit.target.grafana_url) as http:
        answer = http.get("/api/search", params=SEARCH, headers=headers)
    if token is None and answer.status_code in REFUSED:
        raise LeftOut("Grafana shows its dashboards to nobody without a token; give the target a grafana_token")
    return expect(answer, OK)


def _titles(answer: httpx.Response) -> set[Any]:
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, list):
        raise Unexpected(f"200 with no list of dashboards: {brief(answer)}")
    return {one.get("title") for one in found if isinstance(one, dict)}
