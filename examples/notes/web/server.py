"""Notes on the web: a page that shows a file, the health of the service, and the counts that Prometheus asks for."""

import signal
import sys
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock

NOTES = Path("/data/notes.txt")
ANSWERS: Counter[tuple[str, int]] = Counter()
LOCK = Lock()


class Handler(BaseHTTPRequestHandler):
    """Answers /notes with the file, /health while the process lives, /metrics with the counted answers."""

    def do_GET(self) -> None:
        """Answer one request, and count it unless it was about the service itself."""
        if self.path == "/health":
            self._answer(200, "ok\n")
        elif self.path == "/metrics":
            self._answer(200, exposition())
        else:
            status, text = notes() if self.path == "/notes" else (404, "no such page\n")
            with LOCK:
                ANSWERS[self.path if status != 404 else "other", status] += 1  # noqa: PLR2004  (not found)
            self._answer(status, text)

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Log no request: a responder looks for what went wrong."""


def notes() -> tuple[int, str]:
    """Return the status and the text for whoever asks for the notes."""
    try:
        return 200, NOTES.read_text(encoding="utf-8")
    except OSError as error:
        print(f"cannot read the notes: {error}", file=sys.stderr)  # noqa: T201  (this is the service's log)
        return 500, "the notes cannot be read\n"


def exposition() -> str:
    """Return the counts in Prometheus' text format."""
    with LOCK:
        counted = sorted(ANSWERS.items())
    series = [f'http_requests_total{{route="{route}",status="{status}"}} {count}' for (route, status), count in counted]
    return "\n".join(["# TYPE http_requests_total counter", *series, ""])


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    NOTES.parent.mkdir(exist_ok=True)
    if not NOTES.exists():
        NOTES.write_text("nothing to do\n", encoding="utf-8")
    print("serve the notes on port 8080", file=sys.stderr)  # noqa: T201  (a log that is never empty can be read)
    ThreadingHTTPServer(("", 8080), Handler).serve_forever()
