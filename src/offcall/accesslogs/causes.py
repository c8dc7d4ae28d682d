"""Who made an error, and the likely cause, from what the balancer logged. Pure.

Source: "Troubleshoot your Application Load Balancers" and the tables of error reason codes on the
page of the access logs.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SOURCE", "Case", "Cause", "cause_of"]

SOURCE = (
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
    "load-balancer-troubleshooting.html"
)


@dataclass(frozen=True, slots=True)
class Case:
    """What tells errors apart.

    Attributes:
        status: what the client got; 0 is an error of the HTTP/2 connection.
        target_status: what the target answered, if it did.
        reason: the balancer's own word for it.
        no_target: no target was chosen.
        actions: the actions of the rule.
        unanswered: the target did not answer in time, or at all.
    """

    status: int
    target_status: int | None
    reason: str | None
    no_target: bool
    actions: str | None
    unanswered: bool


@dataclass(frozen=True, slots=True)
class Cause:
    """Who made it, why, and what to look at."""

    made_by: str
    why: str
    look: str


_OIDC = "the OIDC settings of the rule"

_REASONS: dict[str, tuple[str, str]] = {
    # The beginning of a reason code: what it means, what to look at.
    "LambdaThrottling": ("Lambda throttled the function", "its concurrency, and the account's"),
    "LambdaTimeout": ("the function did not answer in time", "its duration and timeout"),
    "LambdaUnhandled": ("the function raised an error", "its log"),
    "LambdaAccessDenied": ("the balancer may not invoke the function", "its resource policy"),
    "LambdaInvalidResponse": (
        "the function's answer is not what a balancer expects",
        "its answer: statusCode, headers, body",
    ),
    "LambdaResponseTooLarge": ("the function's answer is over 1 MB", "the size of its answer"),
    "LambdaRequestTooLarge": ("the request is over 1 MB", "the size of requests"),
    "LambdaConnection": ("the balancer could not reach Lambda", "AWS Health of Lambda"),
    "LambdaENILimitReached": (
        "Lambda has no network interfaces left",
        "interfaces in the function's subnets",
    ),
    "LambdaEC2": ("Lambda could not set up its network", "the function's VPC settings"),
    "LambdaInvocation": ("Lambda could not run the function", "its role, key and runtime"),
    "Lambda": ("Lambda failed", "the function's log"),
    "AuthInvalid": ("the identity provider's answer or the cookie is not valid", _OIDC),
    "AuthMissing": ("something is missing in the identity provider's answer", _OIDC),
    "AuthTokenRequest": ("the identity provider gave no token", "the provider, the way to it"),
    "Auth": ("authentication failed", _OIDC),
    "WAF": ("WAF did not answer, or denied", "the web ACL"),
}

_OWN: dict[int, tuple[str, str]] = {
    # The balancer's own statuses.
    0: ("the HTTP/2 connection broke", "clients that end connections"),
    400: ("the client sent a malformed request", "the client; classification_reason"),
    401: ("authentication failed or was declined", "the authenticate action of the rule"),
    403: ("WAF blocked it", "the web ACL's sampled requests"),
    404: ("a rule with a fixed response", "the listener's rules"),
    405: ("the method is not allowed", "the client"),
    408: ("the client sent nothing within the idle timeout", "slow clients; the idle timeout"),
    413: ("the request is too large", "its body; for Lambda the limit is 1 MB"),
    414: ("the URL or a query parameter is too long", "the client"),
    460: (
        "the client closed the connection before it was answered",
        "the client's own timeout, and what took so long",
    ),
    463: ("X-Forwarded-For has more than 30 addresses", "proxies before the balancer"),
    464: (
        "the protocol does not fit the target group's",
        "HTTP/1.1, HTTP/2 or gRPC of the target group",
    ),
    500: (
        "WAF or authentication failed, or a rule has no target group",
        "error_reason, actions_executed",
    ),
    501: ("Transfer-Encoding has a value that is not supported", "the client"),
    505: ("the version of HTTP is not supported", "the client"),
    507: ("the redirect URL is too long", "the redirect action of the rule"),
    561: ("the identity provider answered with an error", "the identity provider"),
}

_UNREACHED: dict[int, tuple[str, str]] = {
    # No target was chosen.
    502: ("the target could not be reached, or broke the connection", "the target group"),
    503: ("no target was registered, or none healthy", "health checks of the target group"),
}

_REACHED: dict[int, tuple[str, str]] = {
    # A target was chosen, and its answer is not what the client got.
    502: (
        "the target closed or reset the connection, or its answer was malformed",
        "keep-alive of the target (longer than the balancer's idle timeout), restarts, TLS",
    ),
    503: ("the target group could take no more requests", "health checks of the target group"),
}

_TIMED_OUT = (
    "the target did not connect within 10 seconds, or answer within the idle timeout",
    "slow targets, security groups and network ACLs; the idle timeout (60 s by default)",
)


def cause_of(case: Case) -> Cause:
    """The likely cause of an error."""
    if case.reason is not None:
        return _by_reason(case.reason)
    if case.target_status is not None and case.target_status == case.status:
        return Cause("target", "the application answered so", "the application's log")
    actions = case.actions or ""
    if "fixed-response" in actions:
        return Cause("balancer", "a rule answers so (fixed-response)", "the listener's rules")
    if case.status == 504:
        return Cause("balancer", *_TIMED_OUT)
    where = _UNREACHED if case.no_target else _REACHED
    unknown = ("the balancer answered so", "error_reason, the listener's rules")
    return Cause("balancer", *(where.get(case.status) or _OWN.get(case.status, unknown)))


def _by_reason(reason: str) -> Cause:
    for beginning, (why, look) in _REASONS.items():
        if reason.startswith(beginning):
            made = "Lambda" if beginning.startswith("Lambda") else "balancer"
            return Cause(made, f"{why} ({reason})", look)
    return Cause("balancer", reason, "the table of error reason codes")
