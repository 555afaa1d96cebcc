"""A web service on loopback for tests: answers as it is told to, and remembers what it was sent."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast


@dataclass(frozen=True)
class Heard:
    """One request. `content` is its JSON."""

    path: str
    headers: Mapping[str, str]
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: str = "{}"
    location: str = ""


class Hook(ThreadingHTTPServer):
    """`replies` are given to the next requests, then each is taken."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.heard: list[Heard] = []
        self.replies: deque[Reply] = deque()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Answering(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        hook = cast(Hook, self.server)
        content = self.rfile.read(int(self.headers["Content-Length"]))
        hook.heard.append(Heard(self.path, dict(self.headers), json.loads(content)))
        reply = hook.replies.popleft() if hook.replies else Reply()
        self.send_response(reply.status)
        if reply.location:
            self.send_header("Location", reply.location)
        self.send_header("Content-Length", str(len(reply.body.encode())))
        self.end_headers()
        self.wfile.write(reply.body.encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def running_hook() -> Iterator[Hook]:
    """On a free port of loopback, until the block ends."""
    with Hook() as hook:
        thread = threading.Thread(target=hook.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield hook
        finally:
            hook.shutdown()
            thread.join()
