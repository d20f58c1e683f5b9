"""Start the exporter: `python -m stack.services.exporter`."""

from __future__ import annotations

from prometheus_client import REGISTRY, start_http_server

from stack.services.common.logs import set_up
from stack.services.common.settings import Environment, from_environment
from stack.services.exporter.cache import Cache
from stack.services.exporter.engine import Engine
from stack.services.exporter.sampler import Sampler


def _settings(env: Environment) -> tuple[int, str, int]:
    return env.integer("PORT", at_least=1), env.text("REDIS_HOST"), env.integer("REDIS_PORT", at_least=1)


def main() -> None:
    """Read engine and Redis for ever, and serve what was read on the metrics port."""
    set_up()
    port, redis_host, redis_port = from_environment(_settings)
    for source in (Engine(), Cache(redis_host, redis_port)):
        sampler = Sampler(source)
        REGISTRY.register(sampler)
        sampler.start()
    _, thread = start_http_server(port)
    thread.join()


if __name__ == "__main__":
    main()
