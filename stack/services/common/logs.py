"""Plain log lines on standard output: time, level, logger, message; what `docker logs` shows."""

from __future__ import annotations

import logging
import sys
import time


def set_up() -> None:
    """Send every logger to standard output, in UTC, and keep the chatty libraries to their warnings."""
    handler = logging.StreamHandler(sys.stdout)
    formatter = logging.Formatter("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in ("httpx", "httpcore", "pdfminer", "urllib3", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.ERROR)
    # psycopg's pool warns for each failed attempt to connect; the request that suffers from it is logged by us.
    logging.getLogger("psycopg.pool").setLevel(logging.WARNING)
