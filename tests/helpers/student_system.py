"""A small system with a page for students: everything works, until a test breaks one part of it."""

import json
import re
from typing import Any

from checks import schedules
from tests.helpers.calendars import calendar_for
from tests.helpers.fake_system import Answer, Asked
from tests.helpers.paths import ROOT
from tests.helpers.results import result_of

EMAIL = "student@example.org"
COOKIE = "s%3Aabcdef0123456789.signature-of-the-session"
CODE = "code-that-only-the-provider-knows"
JOB = "00000000-0000-4000-8000-000000000001"
FILES = ROOT / "stack" / "config" / "nginx"

PROVIDER_PAGE = f"""<!doctype html><html lang="en"><title>Who are you?</title><form action="/callback">
<label>E-mail <input name="email"></label><input type="hidden" name="code" value="{CODE}"><button>Next</button></form>
"""
OTHER_PAGE = """<!doctype html><html lang="en"><title>Timetables</title><div id="me"></div>
<input type="file" aria-label="Your timetable"><ul id="list"></ul><div id="more"></div>
<script>
  const put = (at, html) => { document.querySelector(at).innerHTML = html; };
  const json = async (path, options) => (await fetch(path, options)).json();
  const me = async () => {
    const { authenticated } = await json("/api/auth/status");
    put("#me", authenticated ? '<a href="#" id="out">Log out</a>' : '<button id="in">Continue with Google</button>');
    const control = document.querySelector("#me > *");
    control.onclick = async () => {
      if (control.id === "in") { location = "/api/auth/google"; return; }
      await fetch("/api/auth/logout", { method: "POST" });
      await me();
    };
  };
  document.querySelector("input").onchange = async ({ target }) => {
    const body = new FormData();
    body.append("file", target.files[0]);
    const { jobId } = await json("/api/upload", { method: "POST", body });
    const { events } = await json(`/api/jobs/${jobId}/result`);
    put("#list", events.map((one) =>
      `<li>${one.module} ${one.activity}: ${one.day.slice(0, 3)} ${one.startTime}-${one.endTime}, ${one.venue}</li>`).join(""));
    const made = await fetch("/api/generate/ics", { method: "POST", body: JSON.stringify({ events: events.map((one) =>
      ({ ...one, summary: `${one.activity} of ${one.module}`, location: one.venue })) }) });
    put("#more", '<input type="date"><input type="date"><a download="timetable.ics">Export</a>');
    const link = document.querySelector("#more a");
    link.href = URL.createObjectURL(await made.blob());
    link.onclick = () => [...document.querySelectorAll("[type=date]")].every(({ value }) => value);
  };
  me();
</script></html>
"""  # noqa: E501  (a page is a page)


def reference_page() -> str:
    """Return the reference stack's page in one piece, because this system serves no other files."""
    page = (FILES / "index.html").read_text()
    script = (FILES / "page.js").read_text()
    page = re.sub(r"\s*<link [^>]*>", "", page)
    return page.replace('<script type="module" src="/page.js"></script>', f'<script type="module">{script}</script>')


class System:
    """Answers of a system that knows one student and one schedule."""

    def __init__(self, page: str = "") -> None:
        self.page = page or reference_page()
        self.user: str | None = EMAIL
        self.signs_out = True
        self.refusals = 0
        self.status = "completed"
        self.signed_in = False
        self.module = ""

    def answers(self) -> dict[str, Answer]:
        return {
            "GET /": lambda _: (200, self.page),
            "GET /api/auth/google": lambda _: (302, {"headers": [("Location", "/provider?state=a-state-of-chance")]}),
            "GET /provider": (200, PROVIDER_PAGE),
            "GET /callback": self.callback,
            "GET /api/auth/status": self.whoami,
            "POST /api/auth/logout": self.logout,
            "POST /api/upload": self.upload,
            "GET /api/jobs/*": self.job,
            "POST /api/generate/ics": self.ics,
        }

    def callback(self, asked: Asked) -> tuple[int, Any]:
        self.signed_in = "email=student%40example.org" in asked.path
        cookie = f"connect.sid={COOKIE}; Path=/; HttpOnly"
        return 302, {"headers": [("Location", "/"), ("Set-Cookie", cookie)]}

    def whoami(self, asked: Asked) -> tuple[int, Any]:
        if not self.signed_in or self.user is None or COOKIE not in asked.headers.get("cookie", ""):
            return 200, {"authenticated": False}
        return 200, {"authenticated": True, "user": {"email": self.user}}

    def logout(self, _: Asked) -> tuple[int, Any]:
        self.signed_in = self.signed_in and not self.signs_out
        return 200, {}

    def upload(self, asked: Asked) -> tuple[int, Any]:
        if self.refusals:
            self.refusals -= 1
            return 429, {"headers": [("Retry-After", "1")], "message": "later"}
        found = re.search(rb"SYN[0-9A-Z]+", asked.body)
        assert found
        self.module = found[0].decode()
        return 201, {"jobId": JOB, "pdfType": "lecture"}

    def job(self, asked: Asked) -> tuple[int, Any]:
        if asked.path.endswith("/result"):
            return 200, {"id": JOB, "events": self.events()}
        return 200, {"id": JOB, "status": self.status, "error": None}

    def events(self) -> list[dict[str, Any]]:
        return result_of(schedules.expected_lectures(self.module))

    def ics(self, asked: Asked) -> tuple[int, Any]:
        return 200, calendar_for(json.loads(asked.body))
