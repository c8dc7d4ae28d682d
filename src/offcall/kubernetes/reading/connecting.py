"""The way to an API server: a kubeconfig's context or the pod's own account, and only GET.

The official client knows every way to log in (certificates, tokens, programs such as `aws eks
get-token`, the pod's account, proxies); of what else it does only the request itself is used.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offcall.core.errors import AccessDenied, SourceError, UserError
from offcall.core.extras import require
from offcall.core.text import did_you_mean

__all__ = ["Answer", "Api", "connect", "contexts"]

EXTRA = "kubernetes"
CONNECT_SECONDS = 10.0
IN_CLUSTER = "in-cluster"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said: the decoded body of a success, the words of a failure."""

    status: int
    body: Any
    message: str


class Api:
    """An API server to read from.

    Attributes:
        context: the kubeconfig's context, or "in-cluster".
        server: its address.
        verified: whether its certificate is checked.
    """

    def __init__(self, client: Any, context: str, timeout_seconds: float) -> None:
        self._client = client
        self._timeout = (min(CONNECT_SECONDS, timeout_seconds), timeout_seconds)
        self.context = context
        self.server = str(client.configuration.host)
        self.verified = bool(client.configuration.verify_ssl)

    def get(self, path: str, query: Mapping[str, str] | None = None, *, accept: str) -> Answer:
        """One GET.

        Raises:
            AccessDenied: the server does not know us.
            SourceError: it cannot be reached, or what answers is no API server.
        """
        import msgspec

        failures = require("urllib3.exceptions", EXTRA)
        api_failure = require("kubernetes.client.exceptions", EXTRA).ApiException
        request = self._client.param_serialize(
            "GET",
            path,
            query_params=[(name, value) for name, value in (query or {}).items() if value],
            header_params={"Accept": accept},
            auth_settings=["BearerToken"],
        )
        try:
            answer = self._client.call_api(*request, _request_timeout=self._timeout)
            text = bytes(answer.read() or b"")
        except (failures.HTTPError, api_failure, OSError) as error:
            raise self._unreachable(error) from error
        try:
            body = msgspec.json.decode(text) if text else {}
        except (msgspec.DecodeError, UnicodeDecodeError):
            body = None
        said = str(body.get("message", "")) if isinstance(body, dict) else ""
        if answer.status == 401:
            raise AccessDenied(
                f"{self.server} does not accept the credentials of context '{self.context}'",
                hint="log in anew; 'kubectl auth whoami' tells whether that worked",
            )
        if answer.status == 200 and not isinstance(body, dict):
            raise SourceError(
                f"{self.server}{path} does not answer as a Kubernetes API server does"
            )
        return Answer(answer.status, body, said or str(answer.reason or ""))

    def _unreachable(self, error: Exception) -> SourceError:
        """The cause, out of what the client has wrapped it in."""
        cause = getattr(error, "reason", None) or error
        if isinstance(cause, Exception) and cause.args and isinstance(cause.args[0], OSError):
            cause = cause.args[0]  # what urllib3 says of TLS
        said = " ".join(str(cause).split())
        if "certificate" in said.lower():
            return SourceError(
                f"the certificate of {self.server} is not one that context '{self.context}' "
                f"trusts: {said}",
                hint="see certificate-authority-data of its cluster in the kubeconfig",
            )
        said = said.rpartition(": ")[2]
        return SourceError(f"cannot reach {self.server} (context '{self.context}'): {said}")


def _file(kubeconfig: Path | None) -> str:
    return str(kubeconfig) if kubeconfig else os.environ.get("KUBECONFIG") or "~/.kube/config"


def _is_in_pod(kubeconfig: Path | None, context: str | None) -> bool:
    """As kubectl does it: the pod's own account if nobody says anything else."""
    if kubeconfig or context or os.environ.get("KUBECONFIG"):
        return False
    return (
        "KUBERNETES_SERVICE_HOST" in os.environ and not Path("~/.kube/config").expanduser().exists()
    )


@contextlib.contextmanager
def _unusable(file: str) -> Iterator[None]:
    """What the client raises for a kubeconfig, as one error with the file's name."""
    import yaml

    failure = require("kubernetes.config", EXTRA).ConfigException
    try:
        yield
    except (failure, yaml.YAMLError, OSError, LookupError, TypeError, ValueError) as error:
        said = " ".join(str(error).split())
        raise UserError(f"cannot use this kubeconfig: {said}", file=file) from error


def contexts(kubeconfig: Path | None = None) -> tuple[list[str], str | None]:
    """The contexts of a kubeconfig, and the current one.

    Raises:
        UserError: there is no kubeconfig, or it cannot be used.
    """
    config = require("kubernetes.config", EXTRA)
    file = _file(kubeconfig)
    if not any(Path(one).expanduser().is_file() for one in file.split(os.pathsep)):
        raise UserError("there is no kubeconfig", file=file, hint="name one, or set KUBECONFIG")
    with _unusable(file):
        known, current = config.list_kube_config_contexts(config_file=file)
        return [str(one["name"]) for one in known], _current(file) or (current and current["name"])


def _current(file: str) -> str | None:
    """Of several files the first decides, as with kubectl; with the client it is the last."""
    import yaml

    for one in file.split(os.pathsep):
        path = Path(one).expanduser()
        body = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None
        if isinstance(body, dict) and body.get("current-context"):
            return str(body["current-context"])
    return None


def connect(
    context: str | None = None, kubeconfig: Path | None = None, *, timeout_seconds: float = 30.0
) -> Api:
    """An API server, not yet asked anything. Nothing is written, the kubeconfig neither.

    Args:
        context: of the kubeconfig; the current one when None.
        kubeconfig: the file; KUBECONFIG or ~/.kube/config when None, and in a pod without either
            the account of the pod.
        timeout_seconds: how long an answer may take.

    Raises:
        UserError: the kubeconfig cannot be used, or has no such context.
        SourceError: the program that the context gets its credentials from failed.
        MissingExtra: the client is not installed.
    """
    config = require("kubernetes.config", EXTRA)
    settings = require("kubernetes.client", EXTRA).Configuration()
    if _is_in_pod(kubeconfig, context):
        with _unusable("/var/run/secrets/kubernetes.io/serviceaccount"):
            config.load_incluster_config(client_configuration=settings)
        return _api(settings, IN_CLUSTER, timeout_seconds)
    file = _file(kubeconfig)
    known, current = contexts(kubeconfig)
    chosen = context or current
    if chosen not in known:
        raise UserError(
            "the kubeconfig has no such context",
            file=file,
            value=chosen,
            hint=did_you_mean(str(chosen), known),
        )
    with _unusable(file), _errors_heard() as heard:
        config.load_kube_config(
            config_file=file, context=chosen, client_configuration=settings, persist_config=False
        )
    # The client only logs that a program for credentials failed, and would go on as nobody.
    if heard:
        raise SourceError(f"no credentials for context '{chosen}': {' '.join(heard[0].split())}")
    return _api(settings, chosen, timeout_seconds)


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextlib.contextmanager
def _errors_heard() -> Iterator[list[str]]:
    """What is logged as an error in the block, which nobody else gets."""
    heard = _Heard()
    root = logging.getLogger()
    before = root.handlers[:]
    root.handlers[:] = [heard]
    try:
        yield heard.lines
    finally:
        root.handlers[:] = before


def _api(settings: Any, context: str, timeout_seconds: float) -> Api:
    urllib3 = require("urllib3", EXTRA)
    settings.retries = urllib3.Retry(
        total=3,
        connect=1,
        read=1,
        other=0,
        status_forcelist={429, 503},
        allowed_methods={"GET"},
        backoff_factor=0.5,
        raise_on_status=False,
    )
    if not settings.verify_ssl:
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    client = require("kubernetes.client", EXTRA).ApiClient(configuration=settings)
    return Api(client, context, timeout_seconds)
