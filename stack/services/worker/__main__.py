"""Start the worker: `python -m stack.services.worker`."""

from __future__ import annotations

import logging

from stack.services.common.logs import set_up
from stack.services.common.serve import serve
from stack.services.common.settings import from_environment
from stack.services.worker.app import application
from stack.services.worker.settings import read


def main() -> None:
    """Read the settings, say how files will be parsed, and serve."""
    set_up()
    settings = from_environment(read)
    parsing = settings.parsing
    where = f"in children of {parsing.memory_mib} MiB" if parsing.memory_mib else "in the worker's own process"
    logging.getLogger("pdf-worker").info(
        "starting: %s files at a time, %s, at most %g s each", parsing.concurrency, where, parsing.timeout_s
    )
    serve(application(settings), settings.port)


if __name__ == "__main__":
    main()
