"""What can go wrong with AWS, as errors that a person can read.

A refusal names the IAM action that is missing; an answer that nobody can read (an HTML page of a
proxy, XML that is cut off) is named, not shown.
"""

from __future__ import annotations

import re
from typing import Any

from offcall.core.errors import AccessDenied, SourceError

__all__ = ["AwsDenied", "AwsError", "action_of", "explain", "failures", "iam_action"]

# Signing names that differ from the prefix of the IAM action.
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
IAM_PREFIXES = {"monitoring": "cloudwatch", "email": "ses", "tagging": "tag"}
# Operations that need the right of another one.
IAM_ACTIONS = {
    "s3:ListObjectsV2": "s3:ListBucket",
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


def failures() -> tuple[type[Exception], ...]:
    """What a call through botocore may raise when AWS, or what stands before it, does not answer
    as documented: botocore's own families, and what its parsers and the connection let through.
    """
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError
    from urllib3.exceptions import HTTPError

    return (
        ClientError,
        BotoCoreError,
        ResponseParserError,
        HTTPError,
        OSError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
    )


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
        error: what `failures` lists.
        raw: the boto3 client, or None when there is none yet.
        operation: the method that was called, or the service when there is no client yet.

    Returns:
        `AwsDenied` when rights or credentials are the problem, otherwise `AwsError`.
    """
    from botocore import exceptions as boto
    from urllib3.exceptions import HTTPError

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
            f"no usable AWS credentials for {what}: {_line(error)}",
            hint="set AWS_PROFILE, run `aws sso login`, or give the host a role",
        )
    if isinstance(error, boto.HTTPClientError | boto.ConnectionError):
        where = f" at {raw.meta.endpoint_url}" if raw is not None else ""
        return AwsError(
            f"cannot reach AWS{where} for {what}: {_line(error)}",
            hint="check network, proxy and region; it was tried several times",
        )
    if isinstance(error, boto.ParamValidationError):
        return AwsError(
            f"offcall asks for {what} as AWS does not define it: {_line(error)}",
            hint="this is a bug in offcall; the rest of the answer is not touched by it",
        )
    if isinstance(error, boto.BotoCoreError):
        return AwsError(f"{what}: {_line(error)}")
    if raw is None:
        return AwsError(f"{what}: {_line(error)}")
    if isinstance(error, OSError | HTTPError):
        return AwsError(
            f"the connection to AWS broke during {what}: {_line(error)}",
            hint="check network and proxy, then try again",
        )
    return AwsError(
        f"AWS's answer to {what} cannot be read: {_line(error)}",
        hint="something between here and AWS (a proxy, a gateway) may have answered instead",
    )


LONGEST = 240
"""Characters of an answer that a message quotes."""


def _line(error: object) -> str:
    """An error's text on one line: of a page or an unreadable body no more than what it is."""
    text = str(error)
    page = re.search(r"<(!doctype\s+html|html|head|body|title)\b", text, re.IGNORECASE)
    if page is not None:
        # botocore quotes bytes as Python does: a line break is a backslash and an n.
        body = text[page.start() :].replace("\\r", " ").replace("\\n", " ")
        title = re.search(r"<title[^>]*>(.*?)</title>", body, re.IGNORECASE | re.DOTALL)
        text = f'an HTML page called "{" ".join(title[1].split())}"' if title else "an HTML page"
    elif "invalid XML received" in text or "invalid JSON received" in text:
        text = text.partition("\n")[0].partition(" Further retries")[0].rstrip(".:")
    elif not text and isinstance(error, BaseException):
        text = type(error).__name__
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def _answered(error: Any, what: str) -> SourceError:
    answer = error.response.get("Error", {})
    code = _line(answer.get("Code") or "unknown")
    said = _line(answer.get("Message") or "")
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
