"""A fake Redis on loopback that keeps a few kinds of keys; tests overrule its answers."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

Reply = Any  # None, int, str, bytes, list, dict, or an exception whose text is the error
HEALTHY_CONFIG = {"maxmemory-policy": "noeviction", "appendfsync": "everysec"}
HEALTHY_INFO = {
    "used_memory": 32,
    "maxmemory": 64,
    "aof_enabled": 1,
    "aof_last_write_status": "ok",
    "aof_last_bgrewrite_status": "ok",
    "rdb_last_bgsave_status": "ok",
}
TYPES: dict[type, str] = {str: "string", list: "list", dict: "hash", set: "zset", tuple: "stream"}


@dataclass
class Redis:
    """Keys by name (a str is a string, a list a list, a set a sorted set, a dict a hash); *says* overrules commands."""

    keys: dict[str, Any] = field(default_factory=dict)
    config: dict[str, str] = field(default_factory=lambda: dict(HEALTHY_CONFIG))
    info: dict[str, Any] = field(default_factory=lambda: dict(HEALTHY_INFO))
    clients: list[str] = field(default_factory=list)
    lives: dict[str, int] = field(default_factory=dict)
    says: dict[str, Callable[..., Reply]] = field(default_factory=dict)
    now_s: int = 1_000_000
    url: str = ""

    def answer(self, name: str, *args: str) -> Reply:
        if name in self.says:
            return self.says[name](*args)
        known: Callable[..., Reply] | None = getattr(self, f"on_{name.lower()}", None)
        return "OK" if known is None else known(*args)

    def on_ping(self) -> Reply:
        return "PONG"

    def on_config(self, _get: str, name: str) -> Reply:
        return {name: self.config[name]} if name in self.config else {}

    def on_info(self, *_: str) -> Reply:
        return "".join(f"{name}:{value}\r\n" for name, value in self.info.items()).encode()

    def on_client(self, what: str, *_: str) -> Reply:
        return "\n".join(self.clients).encode() if what == "LIST" else "OK"

    def on_hello(self, *_: str) -> Reply:
        return {"server": "redis", "version": "7.4.0", "proto": 3, "role": "master"}

    def on_set(self, key: str, value: str, *options: str) -> Reply:
        self.keys[key] = value
        if "EX" in options:
            self.lives[key] = int(options[options.index("EX") + 1])
        return "OK"

    def on_get(self, key: str) -> Reply:
        value = self.keys.get(key)
        return None if value is None else str(value).encode()

    def on_ttl(self, key: str) -> Reply:
        return self.lives.get(key, -1) if key in self.keys else -2

    def on_del(self, *keys: str) -> Reply:
        return sum(self.keys.pop(key, None) is not None for key in keys)

    def on_exists(self, key: str) -> Reply:
        return int(key in self.keys)

    def on_type(self, key: str) -> Reply:
        return TYPES[type(self.keys[key])] if key in self.keys else "none"

    def on_scan(self, _cursor: str, *options: str) -> Reply:
        pattern = options[options.index("MATCH") + 1]
        return [b"0", [key.encode() for key in self.keys if fnmatchcase(key, pattern)]]

    def on_llen(self, key: str) -> Reply:
        return len(self.keys.get(key, ()))

    on_zcard = on_llen

    def on_lrange(self, key: str, first: str, last: str) -> Reply:
        kept = list(self.keys.get(key, ()))
        end = None if int(last) == -1 else int(last) + 1
        return [one.encode() for one in kept[int(first) : end]]

    on_zrange = on_lrange

    def on_hget(self, key: str, name: str) -> Reply:
        value = self.keys.get(key, {}).get(name)
        return None if value is None else str(value).encode()

    def on_time(self) -> Reply:
        return [str(self.now_s).encode(), b"0"]


@contextmanager
def fake_redis(**about: Any) -> Iterator[Redis]:
    """Serve a Redis on a free port until the block ends."""
    store = Redis(**about)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            queued: list[list[str]] | None = None
            while words := self.read():
                name = words[0].upper()
                if name == "MULTI":
                    queued = []
                    self.wfile.write(b"+OK\r\n")
                elif name == "EXEC" and queued is not None:
                    self.wfile.write(encoded([store.answer(one[0].upper(), *one[1:]) for one in queued]))
                    queued = None
                elif queued is not None:
                    queued.append(words)
                    self.wfile.write(b"+QUEUED\r\n")
                else:
                    self.wfile.write(encoded(store.answer(name, *words[1:])))

        def read(self) -> list[str]:
            head = self.rfile.readline()
            return [self.word() for _ in range(int(head[1:]))] if head else []

        def word(self) -> str:
            length = int(self.rfile.readline()[1:])
            return self.rfile.read(length + 2)[:-2].decode()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        store.url = f"redis://127.0.0.1:{server.server_address[1]}/0"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield store
        finally:
            server.shutdown()


def encoded(reply: Reply) -> bytes:
    """Write `reply` as Redis' protocol has it: a str is a simple one, bytes are any."""
    if isinstance(reply, dict):
        flat = [item for pair in reply.items() for item in pair]
        return b"%%%d\r\n" % len(reply) + b"".join(map(encoded, flat))
    if isinstance(reply, list):
        return b"*%d\r\n" % len(reply) + b"".join(map(encoded, reply))
    if isinstance(reply, bytes):
        return b"$%d\r\n%b\r\n" % (len(reply), reply)
    if reply is None:
        return b"_\r\n"
    symptom = {int: ":", str: "+"}.get(type(reply), "-")
    return f"{symptom}{reply}\r\n".encode()
