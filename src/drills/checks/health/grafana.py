"""Check Grafana: it answers, and it has the dashboards that the runbook names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from drills.checks import CheckFailed, CheckSuite, Skipped, body, brief, check, client, expect, get

if TYPE_CHECKING:
    import httpx

    from drills.checks import CheckContext


OK: Final = 200
REFUSED: Final = (401, 403)
SEARCH: Final = {"type": "dash-db", "limit": "5000"}


@check(
    "grafana",
    suite=CheckSuite.HEALTH,
    needs="grafana_url",
    expected="200 from /api/health, with a database that is ok",
    next_step="read Grafana's log",
    level=4,
)
def grafana(context: CheckContext) -> str:
    """Ask whether Grafana answers and can read its own database."""
    health = body(get(context.target, context.target.grafana_url, "/api/health"))
    if health.get("database") != "ok":
        raise CheckFailed(f"200 with database {health.get('database')!r}")
    return "200 with database ok"


@check(
    "grafana dashboards",
    suite=CheckSuite.HEALTH,
    needs="grafana_url",
    expected="each dashboard of the target, or else of the runbook, by its title",
    next_step="import the dashboards that are missing",
    level=4,
    after=(grafana,),
)
def grafana_dashboards(context: CheckContext) -> str:
    """Look for the dashboards that a responder would open first."""
    wanted = context.target.dashboards or tuple(dashboard.name for dashboard in context.runbook.dashboards)
    if not wanted:
        raise Skipped("neither the target nor the runbook names a dashboard")
    titles = _titles(_search(context))
    missing = [title for title in wanted if title not in titles]
    if missing:
        raise CheckFailed(f"no {', '.join(missing)} among {len(titles)} dashboards")
    return ", ".join(wanted)


def _search(context: CheckContext) -> httpx.Response:
    token = context.target.grafana_token
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    with client(context.target, context.target.grafana_url) as http:
        answer = http.get("/api/search", params=SEARCH, headers=headers)
    if token is None and answer.status_code in REFUSED:
        raise Skipped("Grafana shows its dashboards only with a token; give the target a grafana_token")
    return expect(answer, OK)


def _titles(answer: httpx.Response) -> set[Any]:
    try:
        dashboards = answer.json()
    except ValueError:
        dashboards = None
    if not isinstance(dashboards, list):
        raise CheckFailed(f"200 with no list of dashboards: {brief(answer)}")
    return {dashboard.get("title") for dashboard in dashboards if isinstance(dashboard, dict)}
