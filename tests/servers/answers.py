"""A small HTTP server that gives any answer, for what no AWS service should say."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["Answer", "serving"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back; `breaks` closes the connection before the whole body is there."""

    status: int = 200
    body: bytes = b""
    kind: str = "text/html"
    breaks: bool = False


@contextlib.contextmanager
def serving(answer: Callable[[str, bytes], Answer]) -> Iterator[str]:
    """The URL of a server that answers a path and a body as `answer` says."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            said = answer(self.path, self.rfile.read(size))
            self.send_response(said.status)
            self.send_header("Content-Type", said.kind)
            more = 100 if said.breaks else 0
            self.send_header("Content-Length", str(len(said.body) + more))
            self.end_headers()
            self.wfile.write(said.body)
            self.close_connection = True

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
