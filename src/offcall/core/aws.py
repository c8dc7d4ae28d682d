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
from offcall.core.errors import AccessDenied, SourceError
from offcall.core.extras import require

__all__ = ["AwsDenied", "AwsError", "Client", "account_of", "client", "explain", "forget_sessions"]

# Signing names that differ from the prefix of the IAM action.
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
IAM_PREFIXES = {"monitoring": "cloudwatch", "email": "ses", "tagging": "tag"}
# Operations that need the right of another one.
IAM_ACTIONS = {
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sns:PublishBatch": "sns:Publish",
}

REFUSALS = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "NotAuthorized",
        "UnauthorizedOperation",
        "UnauthorizedException",
        "AWS.SimpleQueueService.AccessDenied",
    }
)
BAD_CREDENTIALS = frozenset(
    {
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidToken",
        "MissingAuthenticationToken",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
THROTTLES = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
    }
)


class AwsError(SourceError):
    """AWS answered with an error, or did not answer.

    Args:
        code: AWS's own code ("SubscriptionRequiredException"), or None when nothing was answered.
    """

    def __init__(self, message: str, *, code: str | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.code = code


class AwsDenied(AccessDenied):
    """Our credentials may not do this, or are not valid.

    Args:
        action: the IAM action that is missing ("health:DescribeEvents"); None when the
            credentials themselves are the problem.
    """

    def __init__(self, message: str, *, action: str | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.action = action


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
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer: dict[str, Any] = getattr(self.raw, operation)(**arguments)
        except (ClientError, BotoCoreError) as error:
            raise explain(error, self.raw, operation) from error
        return answer

    def pages(self, operation: str, key: str, **arguments: Any) -> Iterator[Any]:
        """Every item of the list `key` over all pages of a method.

        Raises:
            AwsError, AwsDenied: see `explain`.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        if not self.raw.can_paginate(operation):
            yield from self.call(operation, **arguments).get(key) or ()
            return
        try:
            for page in self.raw.get_paginator(operation).paginate(**arguments):
                yield from page.get(key) or ()
        except (ClientError, BotoCoreError) as error:
            raise explain(error, self.raw, operation) from error

    def knows(self, operation: str) -> bool:
        """Whether the installed botocore has that method."""
        return operation in self.raw.meta.method_to_api_mapping


_lock = threading.Lock()
_sessions: dict[tuple[str | None, str | None], Any] = {}


def client(
    service: str,
    *,
    region: str | None = None,
    profile: str | None = None,
    role_arn: str | None = None,
    endpoint_url: str | None = None,
    read_timeout: float = 60,
) -> Client:
    """A client of one service.

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
    return Client(raw)


def forget_sessions() -> None:
    """Read credentials, profiles and endpoints anew from now on."""
    with _lock:
        _sessions.clear()


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


def action_of(raw: Any, operation: str) -> str:
    """The IAM action of a boto3 client's method."""
    name = raw.meta.method_to_api_mapping.get(operation, operation)
    return iam_action(raw.meta.service_model.signing_name, name)


def iam_action(signing_name: str, operation: str) -> str:
    """The IAM action that an operation of the API needs: "es", "DescribeDomains"."""
    action = f"{IAM_PREFIXES.get(signing_name, signing_name)}:{operation}"
    return IAM_ACTIONS.get(action, action)


def explain(error: Exception, raw: Any, operation: str) -> SourceError:
    """What a botocore error means to a person.

    Args:
        error: a BotoCoreError, a ClientError, or a ValueError of client creation.
        raw: the boto3 client, or None when there is none yet.
        operation: the method that was called, or the service when there is no client yet.

    Returns:
        `AwsDenied` when rights or credentials are the problem, otherwise `AwsError`.
    """
    from botocore import exceptions as boto

    what = action_of(raw, operation) if raw is not None else operation
    if isinstance(error, boto.ClientError):
        return _answered(error, what)
    if isinstance(error, boto.NoRegionError):
        return AwsError(
            f"no AWS region is set for {what}",
            hint="set AWS_REGION, or 'region' in the profile, or regions in the estate file",
        )
    if isinstance(error, boto.ProfileNotFound):
        return AwsError(str(error), hint="`aws configure list-profiles` shows what there is")
    if isinstance(
        error,
        boto.NoCredentialsError
        | boto.PartialCredentialsError
        | boto.CredentialRetrievalError
        | boto.SSOError,
    ):
        return AwsDenied(
            f"no usable AWS credentials for {what}: {error}",
            hint="set AWS_PROFILE, run `aws sso login`, or give the host a role",
        )
    if isinstance(error, boto.HTTPClientError | boto.ConnectionError):
        where = f" at {raw.meta.endpoint_url}" if raw is not None else ""
        return AwsError(
            f"cannot reach AWS{where} for {what}: {error}",
            hint="check network, proxy and region; it was tried several times",
        )
    return AwsError(f"{what}: {error}")


def _answered(error: Any, what: str) -> SourceError:
    answer = error.response.get("Error", {})
    code = str(answer.get("Code") or "unknown")
    said = str(answer.get("Message") or "").strip()
    if code in REFUSALS:
        return AwsDenied(
            f"AWS refuses {what}: {said or code}",
            action=what,
            hint=f"allow the IAM action {what} for this identity",
        )
    if code in BAD_CREDENTIALS:
        return AwsDenied(
            f"AWS does not accept the credentials for {what}: {said or code}",
            hint="renew them (`aws sso login`); a region that is not enabled answers so too",
        )
    if code in THROTTLES:
        return AwsError(
            f"AWS throttles {what}, also after several tries: {said or code}",
            code=code,
            hint="try again later, or ask less often",
        )
    return AwsError(f"{what}: {code}: {said}" if said else f"{what}: {code}", code=code)
