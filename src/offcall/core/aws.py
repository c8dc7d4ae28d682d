"""AWS through boto3: one way to open a client, to call it, and to say what went wrong.

    rds = client("rds", region="eu-west-1")
    for instance in rds.pages("describe_db_instances", "DBInstances"):
        ...

Where a service is reached is botocore's business (AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_<SERVICE>,
the `services` section of a profile), and so are credentials (environment, profile, SSO, roles).
Every failure is a `SourceError` that a person can read; a refusal names the IAM action that is
missing. Operations are named as text in `call` and `pages`, so that the IAM policy that we ship
can be compared with the source code.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import Any

from offcall import __version__
from offcall.core.aws_errors import AwsDenied, AwsError, action_of, explain, failures
from offcall.core.extras import require

__all__ = [
    "AwsDenied",
    "AwsError",
    "Client",
    "account_of",
    "client",
    "default_region",
    "forget_sessions",
]


class Client:
    """A boto3 client whose errors are ours. Safe to share between threads.

    Attributes:
        raw: the boto3 client itself.
    """

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    @property
    def region(self) -> str:
        """The region that is spoken to ("aws-global" for services without one)."""
        return str(self.raw.meta.region_name)

    @property
    def endpoint(self) -> str:
        """The URL that is spoken to."""
        return str(self.raw.meta.endpoint_url)

    def action(self, operation: str) -> str:
        """The IAM action of a method: "describe_events" is "health:DescribeEvents"."""
        return action_of(self.raw, operation)

    def call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """Call a method by its boto3 name.

        Raises:
            AwsError, AwsDenied: see `explain`.
        """
        method = getattr(self.raw, operation)
        try:
            answer: dict[str, Any] = method(**arguments)
        except failures() as error:
            raise explain(error, self.raw, operation) from error
        return answer

    def pages(self, operation: str, key: str, **arguments: Any) -> Iterator[Any]:
        """Every item of the list `key` over all pages of a method.

        Raises:
            AwsError, AwsDenied: see `explain`.
        """
        if not self.raw.can_paginate(operation):
            yield from self.call(operation, **arguments).get(key) or ()
            return
        paginator = self.raw.get_paginator(operation)
        try:
            for page in paginator.paginate(**arguments):
                yield from page.get(key) or ()
        except failures() as error:
            raise explain(error, self.raw, operation) from error

    def knows(self, operation: str) -> bool:
        """Whether the installed botocore has that method."""
        return operation in self.raw.meta.method_to_api_mapping


_lock = threading.Lock()
_sessions: dict[tuple[str | None, str | None], Any] = {}
_clients: dict[tuple[object, ...], Client] = {}


def client(
    service: str,
    *,
    region: str | None = None,
    profile: str | None = None,
    role_arn: str | None = None,
    endpoint_url: str | None = None,
    read_timeout: float = 60,
) -> Client:
    """A client of one service; the same one for the same arguments and environment.

    Making one takes some 60 ms, and shared ones also share what they know of AWS's rate limits.

    Args:
        region: the profile's or the environment's when None.
        profile: a profile of ~/.aws/config; botocore's choice when None.
        role_arn: assume this role first; renewed by itself while the client lives.
        endpoint_url: only where the endpoint is not botocore's own choice.
        read_timeout: seconds to wait for an answer.

    Raises:
        MissingExtra: boto3 is not installed.
        AwsError: no region, no such profile, no credentials.
    """
    require("boto3", "aws")
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    key = (service, region, profile, role_arn, endpoint_url, read_timeout, _environment())
    with _lock:
        known = _clients.get(key)
    if known is not None:
        return known
    options: dict[str, Any] = {
        "user_agent_extra": f"offcall/{__version__}",
        "read_timeout": read_timeout,
        "connect_timeout": 10,
    }
    if "AWS_RETRY_MODE" not in os.environ and "AWS_MAX_ATTEMPTS" not in os.environ:
        options["retries"] = {"mode": "adaptive", "total_max_attempts": 8}
    try:
        # Sessions are not thread-safe while they make a client; the clients are.
        with _lock:
            session = _session(profile, role_arn)
            raw = session.client(
                service,
                # Every AWS SDK but boto3 reads AWS_REGION, and ECS sets no other.
                region_name=region or os.environ.get("AWS_REGION"),
                endpoint_url=endpoint_url,
                config=Config(**options),
            )
    except (BotoCoreError, ClientError, ValueError) as error:
        raise explain(error, None, service) from error
    raw.meta.events.register("after-call", _readable, unique_id="offcall-readable")
    with _lock:
        # Another thread may have been faster: all of them use the same one.
        return _clients.setdefault(key, Client(raw))


def _environment() -> frozenset[tuple[str, str]]:
    """What botocore reads from the environment: endpoints, credentials, retries."""
    return frozenset((name, value) for name, value in os.environ.items() if name[:4] == "AWS_")


def _readable(http_response: Any, parsed: dict[str, Any], model: Any, **_: Any) -> None:
    """Refuse an answer that is no JSON: botocore takes it for an empty one ("nothing there")."""
    import json

    from botocore.parsers import ResponseParserError

    if set(parsed) - {"ResponseMetadata"} or model.has_streaming_output:
        return
    if "json" not in str(model.service_model.resolved_protocol):
        return
    body = http_response.content
    try:
        if body and body.strip():
            json.loads(body)
    except ValueError as error:
        shown = body[:2000].decode("utf-8", errors="replace")
        raise ResponseParserError(f"invalid JSON received:\n{shown}") from error


def default_region(profile: str | None = None) -> str | None:
    """The region that `client` speaks to when none is named; None when there is none."""
    from botocore.exceptions import BotoCoreError

    try:
        with _lock:
            named = _session(profile, None).region_name
    except BotoCoreError:
        return None
    return os.environ.get("AWS_REGION") or named


def forget_sessions() -> None:
    """Read credentials, profiles and endpoints anew from now on."""
    with _lock:
        _sessions.clear()
        _clients.clear()


def account_of(
    *, region: str | None = None, profile: str | None = None, role_arn: str | None = None
) -> str:
    """The account that the credentials belong to.

    Raises:
        AwsError, AwsDenied: there are no credentials, or they are not valid.
    """
    sts = client("sts", region=region, profile=profile, role_arn=role_arn)
    return str(sts.call("get_caller_identity")["Account"])


def _session(profile: str | None, role_arn: str | None) -> Any:
    import boto3

    key = (profile, role_arn)
    if key not in _sessions:
        session = boto3.Session(profile_name=profile)
        _sessions[key] = session if role_arn is None else _assuming(session, role_arn)
    return _sessions[key]


def _assuming(session: Any, role_arn: str) -> Any:
    """A session that acts as a role, with credentials that renew themselves."""
    import boto3
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
    from botocore.session import get_session

    source = session.get_credentials()
    if source is None:
        from botocore.exceptions import NoCredentialsError

        raise NoCredentialsError
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=session.client,
        source_credentials=source,
        role_arn=role_arn,
        extra_args={"RoleSessionName": "offcall"},
    )
    core = get_session()
    core._credentials = DeferredRefreshableCredentials(
        method="assume-role", refresh_using=fetcher.fetch_credentials
    )
    core.set_config_variable("region", session.region_name)
    return boto3.Session(botocore_session=core)
