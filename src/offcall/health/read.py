"""Reading how Health events reach us, for the checks. What cannot be read is listed, not hidden."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from offcall.core.aws import AwsDenied, AwsError
from offcall.core.errors import SourceError
from offcall.core.snapshots import Unread
from offcall.health.looking import section
from offcall.health.regions import to_read
from offcall.health.rules import fits, left_out, narrowed_by
from offcall.health.snapshot import FeedFacts, Missed, QueueFacts, RegionRules, Rule, Setup
from offcall.health.sources.api import NO_PLAN
from offcall.health.sources.aws import Access
from offcall.health.sources.reconcile import missed_since
from offcall.health.sources.sqs import region_of
from offcall.health.storage import quarantine, store
from offcall.health.taking import access
from offcall.history import open_history

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = ["read_setup"]

T = TypeVar("T")


def read_setup(ctx: Context, queues: Iterable[str] = ()) -> Setup:
    """The facts: from AWS as far as we may, and from the history."""
    own = section(ctx)
    history = open_history(ctx)
    feeds = store.feeds(history)
    unread: list[Unread] = []
    facts: dict[str, Any] = {}
    if ctx.demo:
        unread.append(Unread(what="AWS", why="the sample estate has no AWS account"))
    else:
        wanted = own.regions or _default_regions(access(ctx))
        urls = tuple(dict.fromkeys((*queues, *own.queues)))
        facts = _Reader(access(ctx), unread).all(wanted, urls, organization=own.organization)
    return Setup(
        taken_at=ctx.now,
        source="AWS and the history" if not ctx.demo else "the history of the sample estate",
        unread=tuple(unread),
        organization_wanted=own.organization,
        silent_after_days=own.silent_after_days,
        feeds=tuple(map(FeedFacts.of, feeds)),
        quarantine=quarantine.held_count(history),
        missed=tuple(
            Missed(
                arn=one.arn,
                account=one.account,
                code=one.code,
                region=one.region,
                updated=one.last_updated,
            )
            for one in missed_since(history, feeds, ctx.now)
        ),
        **facts,
    )


def _default_regions(with_aws: Access) -> tuple[str, ...]:
    """The region of the profile or environment: the best guess of where we run something."""
    try:
        return (with_aws.client("events").region,)
    except SourceError:
        return ()


class _Reader:
    """Asks AWS, and lists what it was not told."""

    def __init__(self, with_aws: Access, unread: list[Unread]) -> None:
        self._aws = with_aws
        self._unread = unread
        self._account: str | None = None

    def all(
        self, wanted: tuple[str, ...], urls: tuple[str, ...], *, organization: bool
    ) -> dict[str, Any]:
        """The members of `Setup` that AWS knows."""
        self._account = self._try("the account", self._aws.account)
        regions = to_read(wanted)
        rules = (self._try(f"rules in {one}", partial(self._rules, one)) for one in regions)
        facts = (self._try(f"queue {url}", partial(self._queue, url)) for url in urls)
        found: dict[str, Any] = {
            "account": self._account,
            "wanted": wanted,
            "regions": tuple(one for one in rules if one is not None),
            "queues": tuple(one for one in facts if one is not None),
            "plan": self._plan(),
        }
        if organization:
            found["organization"] = self._try("the organization view", self._organization)
            found["delegated"] = self._try("delegated administrators", self._delegated)
        return found

    def _try(self, what: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except SourceError as error:
            self._unread.append(Unread(what=what, why=error.message, hint=error.hint))
            return None

    def _rules(self, region: str) -> RegionRules:
        events = self._aws.client("events", region)
        found = []
        for rule in events.pages("list_rules", "Rules"):
            pattern = _json(rule.get("EventPattern"))
            if not fits(pattern):
                continue
            name = rule["Name"]
            targets = events.pages("list_targets_by_rule", "Targets", Rule=name)
            found.append(
                Rule(
                    name=name,
                    enabled=rule.get("State", "ENABLED").startswith("ENABLED"),
                    targets=tuple(one["Arn"] for one in targets),
                    narrowed=narrowed_by(pattern),
                    left_out=left_out(pattern, account=self._account, region=region),
                )
            )
        return RegionRules(region=region, rules=tuple(found))

    def _queue(self, url: str) -> QueueFacts:
        region = region_of(url)
        sqs = self._aws.client("sqs", region)
        have = sqs.call("get_queue_attributes", QueueUrl=url, AttributeNames=["All"])
        attributes = have.get("Attributes", {})
        redrive = _json(attributes.get("RedrivePolicy"))
        dead = redrive.get("deadLetterTargetArn")
        letters = (
            self._try(f"dead-letter queue {dead}", partial(self._depth, dead)) if dead else None
        )
        return QueueFacts(
            url=url,
            arn=attributes.get("QueueArn", url),
            region=region,
            senders=_senders(_json(attributes.get("Policy"))),
            dead_letter=dead,
            dead_letters=letters,
            waiting=int(attributes.get("ApproximateNumberOfMessages", 0)),
        )

    def _depth(self, arn: str) -> int:
        _, _, _, region, account, name = arn.split(":", 5)
        sqs = self._aws.client("sqs", region)
        url = sqs.call("get_queue_url", QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]
        wanted = "ApproximateNumberOfMessages"
        have = sqs.call("get_queue_attributes", QueueUrl=url, AttributeNames=[wanted])
        return int(have["Attributes"][wanted])

    def _plan(self) -> Literal["api", "no api", "unknown"]:
        try:
            self._aws.health().call("describe_events", maxResults=10)
        except AwsError as error:
            if error.code == NO_PLAN:
                return "no api"
            self._unread.append(Unread(what="support plan", why=error.message, hint=error.hint))
        except AwsDenied as error:
            self._unread.append(Unread(what="support plan", why=error.message, hint=error.hint))
        else:
            return "api"
        return "unknown"

    def _organization(self) -> str:
        answer = self._aws.health().call("describe_health_service_status_for_organization")
        return str(answer.get("healthServiceAccessStatusForOrganization", "unknown"))

    def _delegated(self) -> tuple[str, ...]:
        found = self._aws.client("organizations", "us-east-1").pages(
            "list_delegated_administrators",
            "DelegatedAdministrators",
            ServicePrincipal="health.amazonaws.com",
        )
        return tuple(one["Id"] for one in found)


def _json(text: str | None) -> dict[str, Any]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _senders(policy: dict[str, Any]) -> tuple[str, ...]:
    """Who may send, by the policy's Allow statements."""
    statements = policy.get("Statement", [])
    found: list[str] = []
    for one in statements if isinstance(statements, list) else [statements]:
        actions = {action.lower() for action in _list(one.get("Action"))}
        if one.get("Effect") != "Allow" or not actions & {"sqs:sendmessage", "sqs:*", "*"}:
            continue
        principal = one.get("Principal")
        if isinstance(principal, dict):
            found += _list(principal.get("Service"))
            found += ["*"] if "*" in _list(principal.get("AWS")) else []
        elif principal == "*":
            found.append("*")
    return tuple(dict.fromkeys(found))


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []
