"""A proxy in front of S3 that writes down what is asked, and breaks what a test tells it to."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

__all__ = ["Asked", "Fault", "Proxy", "denied"]


@dataclass(frozen=True)
class Asked:
    """A request for a list (`key` is empty) or for an object."""

    key: str
    prefix: str = ""
    delimiter: str = ""
    range: str | None = None
    payer: str | None = None
    token: bool = False


@dataclass(frozen=True)
class Fault:
    """What is answered instead.

    Args:
        status: with `body`, and nothing is forwarded.
        cut: so many bytes of the true answer, and then the connection ends.
    """

    status: int = 0
    body: bytes = b""
    cut: int | None = None


def denied(message: str = "no") -> Fault:
    """What S3 says to whom it refuses something."""
    body = f"<Error><Code>AccessDenied</Code><Message>{message}</Message></Error>"
    return Fault(403, body.encode())


@dataclass
class Proxy:
    """See the module.

    Attributes:
        asked: all requests, in order.
        breaks: gives the fault of a request, or None.
    """

    upstream: str
    asked: list[Asked] = field(default_factory=list)
    breaks: Callable[[Asked], Fault | None] = lambda _: None

    def __post_init__(self) -> None:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                proxy._answer(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def lists(self) -> list[Asked]:
        return [one for one in self.asked if not one.key]

    @property
    def gets(self) -> list[Asked]:
        return [one for one in self.asked if one.key]

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        asked = Asked(
            unquote(parts.path.lstrip("/")).partition("/")[2],
            query.get("prefix", ""),
            query.get("delimiter", ""),
            handler.headers.get("Range"),
            handler.headers.get("x-amz-request-payer"),
            "continuation-token" in query,
        )
        self.asked.append(asked)
        fault = self.breaks(asked) or Fault()
        if fault.status:
            handler.send_response(fault.status)
            handler.send_header("Content-Length", str(len(fault.body)))
            handler.end_headers()
            handler.wfile.write(fault.body)
            return
        connection = http.client.HTTPConnection(urlsplit(self.upstream).netloc, timeout=30)
        try:
            headers = dict(handler.headers.items())
            connection.request("GET", handler.path, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        handler.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"transfer-encoding", "content-length", "connection"}:
                handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: fault.cut])
        if fault.cut is not None:
            handler.close_connection = True
