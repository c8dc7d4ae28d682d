"""The Health API: what AWS knows of this account, or of the whole organization.

The API keeps events for 90 days. It is polled to fill the history, and to find what EventBridge
(best effort) did not bring. https://docs.aws.amazon.com/health/latest/APIReference/Welcome.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from offcall.core.aws import AwsError, Client
from offcall.core.snapshots import Unread
from offcall.health.model import Delivery, Origin, Reject, Scope
from offcall.health.parse import from_api

__all__ = ["NO_PLAN", "Poller", "poll"]

OVERLAP = timedelta(hours=72)
"""AWS may take this long to bring the state of resources up to date."""

BATCH = 10
"""Most event ARNs that one call for details or resources may name."""

NO_PLAN = "SubscriptionRequiredException"
_PLAN_HINT = (
    "it needs Business Support+, Enterprise Support or Unified Operations; "
    "EventBridge brings events on every plan: `offcall health watch`"
)

T = TypeVar("T")

Pair = tuple[dict[str, Any], str | None]
"""An event and the affected account (None for a public event)."""


def poll(
    health: Client, *, account: str, organization: bool = False, since: datetime | None = None
) -> Poller:
    """Ask for events.

    Args:
        account: the account that asks.
        organization: ask for all accounts (needs the management or delegated account).
        since: when it was last asked; events that are open are asked for in any case. All of the
            last 90 days when None.

    Returns:
        An iterable of deliveries; what could not be had is in its `unread`.
    """
    return Poller(health, account, organization=organization, since=since)


class Poller:
    """One poll. Iterating asks; `unread` and `events` are complete afterwards.

    Raises (while iterating):
        AwsError: also when the support plan has no Health API (`code` is `NO_PLAN`).
        AwsDenied: with the IAM action that is missing.
    """

    def __init__(
        self, health: Client, account: str, *, organization: bool, since: datetime | None
    ) -> None:
        self._health = health
        self._organization = organization
        self._since = since - OVERLAP if since else None
        self._origin = Origin(how="api", account=account, region=health.region)
        self.events = 0
        self.unread: list[Unread] = []

    def __iter__(self) -> Iterator[Delivery | Reject]:
        try:
            yield from self._for_organization() if self._organization else self._for_account()
        except AwsError as error:
            if error.code == NO_PLAN:
                raise AwsError(
                    "the support plan of this account does not include the AWS Health API",
                    code=NO_PLAN,
                    hint=_PLAN_HINT,
                ) from error
            raise

    def _for_account(self) -> Iterator[Delivery | Reject]:
        filters: list[dict[str, Any]] = [{}]
        if self._since:
            filters = [
                {"lastUpdatedTimes": [{"from": self._since}]},
                {"eventStatusCodes": ["open", "upcoming"]},
            ]
        found = _once(
            event
            for one in filters
            for event in self._health.pages("describe_events", "events", filter=one)
        )
        for batch in _batched(found, BATCH):
            arns = [event["arn"] for event in batch]
            answer = self._health.call("describe_event_details", eventArns=arns)
            details = {one["event"]["arn"]: one for one in answer.get("successfulSet", ())}
            self._failed(answer)
            mine = [event["arn"] for event in batch if event.get("eventScopeCode") != Scope.PUBLIC]
            entities: dict[str, list[dict[str, Any]]] = {}
            if mine:
                for entity in self._health.pages(
                    "describe_affected_entities", "entities", filter={"eventArns": mine}
                ):
                    entities.setdefault(entity.get("eventArn", ""), []).append(entity)
            for event in batch:
                arn = event["arn"]
                # The account that an event is about may be named by its resources alone.
                public = event.get("eventScopeCode") == Scope.PUBLIC
                yield self._delivery(
                    event,
                    details.get(arn),
                    entities.get(arn, []),
                    None if public else self._origin.account,
                )

    def _for_organization(self) -> Iterator[Delivery | Reject]:
        filters: list[dict[str, Any]] = [{}]
        if self._since:
            filters = [
                {"lastUpdatedTime": {"from": self._since}},
                {"eventStatusCodes": ["open", "upcoming"]},
            ]
        found = _once(
            event
            for one in filters
            for event in self._health.pages(
                "describe_events_for_organization", "events", filter=one
            )
        )
        for batch in _batched(self._pairs(found), BATCH):
            yield from self._organization_batch(batch)

    def _pairs(self, events: Iterable[dict[str, Any]]) -> Iterator[Pair]:
        """Each event with each account that it affects."""
        for event in events:
            if event.get("eventScopeCode") == Scope.PUBLIC:
                yield event, None
                continue
            for account in self._health.pages(
                "describe_affected_accounts_for_organization",
                "affectedAccounts",
                eventArn=event["arn"],
            ):
                yield event, account

    def _organization_batch(self, batch: Sequence[Pair]) -> Iterator[Delivery | Reject]:
        filters = [_filter(event, account) for event, account in batch]
        answer = self._health.call(
            "describe_event_details_for_organization", organizationEventDetailFilters=filters
        )
        details = {
            (one["event"]["arn"], one.get("awsAccountId")): one
            for one in answer.get("successfulSet", ())
        }
        self._failed(answer)
        entities = self._organization_entities([one for one in filters if "awsAccountId" in one])
        for event, account in batch:
            key = (event["arn"], account)
            yield self._delivery(event, details.get(key), entities.get(key, []), account)

    def _organization_entities(
        self, filters: list[dict[str, Any]]
    ) -> dict[tuple[str, str | None], list[dict[str, Any]]]:
        found: dict[tuple[str, str | None], list[dict[str, Any]]] = {}
        token: dict[str, str] = {}
        while filters:
            answer = self._health.call(
                "describe_affected_entities_for_organization",
                organizationEntityFilters=filters,
                **token,
            )
            for entity in answer.get("entities", ()):
                key = (entity.get("eventArn", ""), entity.get("awsAccountId"))
                found.setdefault(key, []).append(entity)
            self._failed(answer)
            if not answer.get("nextToken"):
                break
            token = {"nextToken": answer["nextToken"]}
        return found

    def _delivery(
        self,
        event: dict[str, Any],
        detail: dict[str, Any] | None,
        entities: list[dict[str, Any]],
        account: str | None,
    ) -> Delivery | Reject:
        self.events += 1
        return from_api(event, detail, entities, account, origin=self._origin)

    def _failed(self, answer: dict[str, Any]) -> None:
        for one in answer.get("failedSet", ()):
            account = f" in {one['awsAccountId']}" if one.get("awsAccountId") else ""
            said = ": ".join(filter(None, (one.get("errorName"), one.get("errorMessage"))))
            self.unread.append(
                Unread(what=f"{one.get('eventArn')}{account}", why=said or "AWS gave no reason")
            )


def _batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def _filter(event: dict[str, Any], account: str | None) -> dict[str, Any]:
    return {"eventArn": event["arn"], **({"awsAccountId": account} if account else {})}


def _once(events: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each event once, although two filters find it."""
    seen: set[str] = set()
    for event in events:
        if event["arn"] not in seen:
            seen.add(event["arn"])
            yield event
