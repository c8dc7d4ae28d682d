"""A FAKE of AWS for the calls that moto does not have. It is not AWS: it says what a test told it.

It speaks over HTTP and checks every request and every answer against botocore's own service
models, so a member, a type or an enum value that AWS does not have is refused (`problems`).

    fake.answer("health", "DescribeHealthServiceStatusForOrganization",
                {"healthServiceAccessStatusForOrganization": "ENABLED"})
    fake.answer("health", "DescribeEventDetails", lambda asked: {"successfulSet": [...]})
    fake.pages("health", "DescribeEvents", "events", [...], size=2)     # nextToken and all
    fake.fail("health", "DescribeEvents", "ThrottlingException", times=3)
    fake.fail("health", "DescribeEvents", "SubscriptionRequiredException")   # for ever
    fake.asked("health", "DescribeEvents")                                # the parameters, parsed

A call of which the test said nothing goes to `upstream` (moto).
"""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from botocore.model import OperationModel
from botocore.session import get_session
from moto.core.model import ServiceModel

from tests.servers import aws_wire as wire

__all__ = ["AwsFake"]

Answer = dict[str, Any] | Callable[[dict[str, Any]], dict[str, Any]]


@dataclass
class _Failure:
    code: str
    message: str
    status: int
    left: float


@dataclass
class _Seed:
    answer: Answer | None = None
    failures: list[_Failure] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)


@cache
def service_model(service: str) -> ServiceModel:
    """Botocore's own model of a service."""
    # Moto's subclass reads the same data; its query serializer needs a few more properties.
    botocore = get_session().get_service_model(service)
    return ServiceModel(botocore._service_description, service_name=service)


class AwsFake:
    """The fake and what it was told."""

    def __init__(self, upstream: str | None = None) -> None:
        self.upstream = upstream
        self.problems: list[str] = []
        self._seeds: dict[tuple[str, str], _Seed] = {}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def reset(self) -> None:
        """Forget everything."""
        with self._lock:
            self._seeds.clear()
            self.problems.clear()

    def answer(self, service: str, operation: str, answer: Answer) -> None:
        """Say this from now on; a function is given the parameters that were asked with."""
        seed = self._seed(service, operation)
        if isinstance(answer, dict):
            model = service_model(service).operation_model(operation)
            wire.check(answer, model.output_shape, f"answer {service} {operation}")
        seed.answer = answer

    def pages(
        self, service: str, operation: str, key: str, items: Sequence[Any], *, size: int = 100
    ) -> None:
        """Say these items, `size` to a page, with the service's own tokens."""
        config = get_session().get_paginator_model(service).get_paginator(operation)
        token_in, token_out = config["input_token"], config["output_token"]

        def page(asked: dict[str, Any]) -> dict[str, Any]:
            start = int(str(asked.get(token_in, "page-0")).removeprefix("page-"))
            answer: dict[str, Any] = {key: list(items[start : start + size])}
            if start + size < len(items):
                answer[token_out] = f"page-{start + size}"
            return answer

        self.answer(service, operation, page)

    def fail(
        self,
        service: str,
        operation: str,
        code: str,
        message: str = "",
        *,
        times: float = float("inf"),
        status: int = 400,
    ) -> None:
        """Answer with this error, `times` times, then go on as before."""
        self._seed(service, operation).failures.append(_Failure(code, message, status, times))

    def asked(self, service: str, operation: str) -> list[dict[str, Any]]:
        """The parameters of every call of that operation, failed ones too."""
        return list(self._seed(service, operation).asked)

    def _seed(self, service: str, operation: str) -> _Seed:
        if operation not in service_model(service).operation_names:
            raise KeyError(f"botocore's {service} has no {operation}")
        with self._lock:
            return self._seeds.setdefault((service, operation), _Seed())

    def find(
        self, method: str, path: str, headers: Any, body: bytes
    ) -> tuple[OperationModel, _Seed] | None:
        """What the test said about the operation that this request means."""
        found = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", headers.get("Authorization", ""))
        with self._lock:
            services = dict.fromkeys(service for service, _ in self._seeds)
        for service in services:
            model = service_model(service)
            if found is None or model.signing_name != found[1]:
                continue
            operation = wire.operation_of(model, method, path, headers, body)
            seed = self._seeds.get((service, operation))
            if seed is not None and (seed.answer is not None or seed.failures):
                return model.operation_model(operation), seed
        return None

    def respond(
        self, model: OperationModel, seed: _Seed, path: str, headers: Any, body: bytes
    ) -> tuple[int, str, bytes]:
        """Status, content type and body."""
        try:
            asked = wire.parameters_of(model, path, headers, body)
            with self._lock:
                seed.asked.append(asked)
                failure = next((one for one in seed.failures if one.left > 0), None)
                if failure is not None:
                    failure.left -= 1
            if failure is not None:
                error = wire.error_of(model, headers, failure.code, failure.message or failure.code)
                return failure.status, *error
            assert seed.answer is not None, f"{model.name}: it failed, and has no answer after that"
            answer = seed.answer(asked) if callable(seed.answer) else seed.answer
            return 200, *wire.body_of(model, headers, answer)
        except (wire.UnfitError, AssertionError, LookupError, TypeError, ValueError) as problem:
            self.problems.append(f"{model.name}: {problem}")
            return 400, *wire.error_of(model, headers, "ValidationException", str(problem))


def _handler(fake: AwsFake) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            found = fake.find(self.command, self.path, self.headers, body)
            if found is not None:
                status, kind, answer = fake.respond(*found, self.path, self.headers, body)
            else:
                status, kind, answer = self._forward(body)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(answer)))
            if self.headers.get("smithy-protocol"):
                self.send_header("smithy-protocol", "rpc-v2-cbor")
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_GET  # noqa: N815

        def _forward(self, body: bytes) -> tuple[int, str, bytes]:
            if fake.upstream is None:
                return 501, "text/plain", b"the fake was told nothing about this call"
            connection = http.client.HTTPConnection(urlsplit(fake.upstream).netloc, timeout=60)
            try:
                # The host tells moto which service and region are meant.
                connection.request(self.command, self.path, body, dict(self.headers.items()))
                answer = connection.getresponse()
                kind = answer.headers.get("Content-Type", "application/json")
                return answer.status, kind, answer.read()
            finally:
                connection.close()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    return Handler
