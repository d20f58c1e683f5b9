"""A fake system on loopback: an HTTP server with the answers of a test, which keeps the requests."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

Reply = tuple[int, Any]  # status and body: bytes as they are, a str as HTML, anything else as JSON
Answer = Reply | Callable[["Asked"], Reply]

UP = {"status": "up"}
HEALTHY = {"status": "ok", "info": {"database": UP, "redis": UP, "minio": UP}, "error": {}, "details": {}}
COUNTS = {"waiting": 2, "active": 1, "completed": 9, "failed": 1, "delayed": 3, "total": 6}


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class FakeSystem:
    """Answers by "METHOD /path"; a path that ends in * stands for all that begin like it."""

    answers: dict[str, Answer]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)

    def reply(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        here = f"{asked.method} {asked.path.split('?')[0]}"
        names = [here, *(name for name in self.answers if name.endswith("*") and here.startswith(name[:-1]))]
        answer = next((self.answers[name] for name in names if name in self.answers), (404, {"path": here}))
        return answer(asked) if callable(answer) else answer


@contextmanager
def fake_system(answers: dict[str, Answer]) -> Iterator[FakeSystem]:
    """Serve `answers` on a free port until the block ends."""
    served = FakeSystem(answers)

    class Handler(BaseHTTPRequestHandler):
        server_version = "fake"
        sys_version = ""

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {key.lower(): value for key, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, self.rfile.read(length))
            status, body = served.reply(asked)
            self.send_response(status)
            for key, value in body.pop("headers", []) if isinstance(body, dict) else []:
                self.send_header(key, value)
            content = (
                body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
            )
            self.send_header("Content-Type", "text/html" if isinstance(body, str) else "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = do_GET  # noqa: N815  (the names http.server looks for)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 256
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()


def whole_system() -> dict[str, Answer]:
    """Return the answers of a system in which every request of a student succeeds."""

    def upload(asked: Asked) -> Reply:
        return 201, {"jobId": str(uuid4()), "pdfType": _kind(asked.body)}

    return {
        "GET /": (200, "<!doctype html><html></html>"),
        "GET /health": (200, HEALTHY),
        "GET /api/jobs/metrics": (200, COUNTS),
        "GET /api/auth/status": (200, {"authenticated": False}),
        "POST /api/upload": upload,
        "GET /api/jobs/*": _job,
        "POST /api/generate/ics": (200, b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nRRULE:FREQ=WEEKLY\n"),
    }


def _job(asked: Asked) -> Reply:
    parts = asked.path.split("/")
    if parts[-1] == "result":
        return 200, {"id": parts[-2], "events": []}
    return 200, {"id": parts[-1], "status": "completed"}


def _kind(form: bytes) -> str:
    return next((kind for kind in ("lecture", "test", "exam") if f'filename="{kind}-'.encode() in form), "lecture")
