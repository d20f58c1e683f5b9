"""Start the object store: `python -m stack.services.objectstore server /data`, the arguments of the real one."""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path

from nanio.app import build_app
from nanio.auth.credentials import StaticCredentialResolver
from nanio.config import Settings
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount, Route

from stack.services.common.logs import set_up
from stack.services.common.observe import Observe
from stack.services.common.serve import serve
from stack.services.common.settings import from_environment

PORT = 9000


async def _live(_: object) -> Response:
    return Response(status_code=200)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="objectstore", description="An S3 server that keeps its objects on disk.")
    parser.add_argument("command", choices=["server"], help="what to do: serve objects")
    parser.add_argument("folder", type=Path, help="where the objects are kept")
    return parser.parse_args()


def main() -> None:
    """Serve the S3 API, with the health endpoint in front of it."""
    set_up()
    arguments = _arguments()
    keys = from_environment(lambda env: {env.text("MINIO_ROOT_USER"): env.text("MINIO_ROOT_PASSWORD")})
    s3 = build_app(Settings(data_dir=arguments.folder, credentials=StaticCredentialResolver(keys)))
    routes = [Route("/minio/health/live", _live), Mount("/", s3)]
    serve(Observe(Starlette(routes=routes)), PORT)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
