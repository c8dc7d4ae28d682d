""" "Was it AWS?": events around a moment, ranked, each with the reasons for its rank. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from offcall.core.arn import parse
from offcall.core.errors import UserError
from offcall.core.findings import Resource
from offcall.health.model import Category, EventState
from offcall.health.resources import resources_of

__all__ = [
    "LIKELY",
    "POSSIBLE",
    "REPORTS",
    "Rank",
    "Subject",
    "cancelled",
    "likelihood",
    "rank",
    "service_of",
    "the_resource",
]

STALE = timedelta(days=7)
"""An issue that was not updated for so long before the moment may just never have been closed."""

STALE_CHANGE = timedelta(days=30)

REPORTS = frozenset({"ABUSE", "RISK", "BILLING", "ACCOUNT"})
"""What AWS writes under these names is about its customer, not about a fault of its own."""

_CANCELLED = re.compile(
    r"\b(?:has|have|had) been cancel?led\b|\b(?:is|was|were|are) cancel?led\b", re.IGNORECASE
)

LIKELY, POSSIBLE = 120, 80
"""Scores from which an event is a likely, a possible explanation."""

NAMED, OWN, OTHERS = 100, 50, 30
"""Scores for an event that names the resource, concerns its service, names others of it."""

_BUILT_ON = {
    "RDS": {"EC2", "EBS", "AURORA"},
    "EKS": {"EC2", "EBS", "ELASTICLOADBALANCING"},
    "ECS": {"EC2", "FARGATE", "ELASTICLOADBALANCING"},
    "ELASTICACHE": {"EC2"},
    "ES": {"EC2", "EBS"},
    "OPENSEARCH": {"EC2", "EBS", "ES"},
    "KAFKA": {"EC2", "EBS", "MSK"},
    "LAMBDA": {"VPC"},
    "EC2": {"EBS"},
}
"""Services that stand on others. VPC, IAM and Route 53 are below everything."""
_BELOW_ALL = frozenset({"VPC", "IAM", "ROUTE53", "KMS", "STS", "INTERNETCONNECTIVITY"})
_SAME = {"MSK": "KAFKA", "AURORA": "RDS", "ES": "OPENSEARCH", "ELB": "ELASTICLOADBALANCING"}


@dataclass(frozen=True, slots=True)
class Subject:
    """What went wrong: a resource as far as it is known, its service, its region, its account."""

    resource: Resource | None = None
    service: str | None = None
    region: str | None = None
    account: str | None = None

    def words(self) -> str:
        """For a sentence: "orders-db (RDS, us-east-1)"."""
        rest = ", ".join(part for part in (self.service, self.region) if part)
        if self.resource is None:
            return rest or "anything"
        return f"{self.resource.label} ({rest})" if rest else self.resource.label


@dataclass(frozen=True, slots=True)
class Rank:
    """One event, its score, and what the score is made of; the weightiest reason first.

    Attributes:
        counts: it can be the cause. What only looks like it is told too, after the others, so that
            nobody has to find out again that it is not.
    """

    event: EventState
    score: int
    reasons: tuple[str, ...]
    counts: bool = True


_OWN_SERVICE = {
    "ec2 instance": "EC2",
    "ebs volume": "EBS",
    "vpn connection": "VPN",
    "dedicated host": "EC2",
    "vpc": "VPC",
    "nat gateway": "VPC",
    "network interface": "VPC",
    "access key": "IAM",
}
"""By the kind that a bare id shows."""


def service_of(resource: Resource) -> str | None:
    """The service that runs it: by its kind or ARN, not by whatever event named it."""
    if resource.kind in _OWN_SERVICE:
        return _OWN_SERVICE[resource.kind]
    if arn := parse(resource.id):
        return arn.service.upper()
    return resource.service if resource.service not in REPORTS else None


def the_resource(
    text: str, known: Iterable[Resource], *, region: str | None, account: str | None
) -> Resource:
    """The one resource that `text` means.

    Raises:
        UserError: several of that name are known, in other accounts, regions, or of other kinds.
    """
    from offcall.catalog.resources import named

    wanted = named(text, ())
    fitting = {
        (one.id.casefold(), one.account, one.region): one
        for one in known
        if _is(one, wanted)
        and (account is None or one.account in (None, account))
        and (region is None or one.region in (None, region))
    }
    found = list(fitting.values())
    arns = [one for one in found if one.id.startswith("arn:")]
    # A bare id and the ARN that ends in it are one, if they are in one place.
    places = {(one.account, one.region) for one in found}
    if len({one.id for one in arns}) > 1 or len(places) > 1:
        said = sorted(
            one.id
            if one.id.startswith("arn:")
            else f"{one.id} ({', '.join(filter(None, (one.account, one.region)))})"
            for one in found
        )
        raise UserError(
            "the name is ambiguous: several resources are called so",
            value=text,
            expected="one of " + ", ".join(said[:8]) + (", …" if len(said) > 8 else ""),
            hint="give the ARN, or --account and --region",
        )
    if found:
        return (arns or found)[0]
    return wanted


def rank(
    events: Iterable[EventState], at: datetime, subject: Subject, within: timedelta
) -> list[Rank]:
    """The events that could have to do with it, the likeliest first."""
    found = []
    for event in events:
        touch = _touch(event, subject)
        when = _when(event, at, within)
        if touch is None or when is None:
            continue
        kind = _kind(event)
        parts = sorted((touch, when, kind), key=lambda part: -part[0])
        reasons = tuple(reason for _, reason in parts if reason)
        score = sum(score for score, _ in parts)
        if stale := _stale(event, at):
            score = min(score - 20, LIKELY - 1)
            reasons = (stale, *reasons)
        no = _no_cause(event, at, touch[0])
        found.append(
            Rank(event, min(score, POSSIBLE - 1), (no, *reasons), counts=False)
            if no
            else Rank(event, score, reasons)
        )
    return sorted(
        found,
        key=lambda one: (not one.counts, -one.score, _distance(one.event, at), one.event.arn),
    )


def likelihood(ranks: list[Rank]) -> str:
    """ "likely", "possible", "unlikely" or "none"."""
    ranks = [one for one in ranks if one.counts]
    if not ranks:
        return "none"
    if ranks[0].score >= LIKELY:
        return "likely"
    return "possible" if ranks[0].score >= POSSIBLE else "unlikely"


def cancelled(event: EventState) -> str | None:
    """Why a scheduled change did not happen, in words; None if it may have.

    A text is looked at when the event has one.
    """
    if event.category != Category.SCHEDULED_CHANGE:
        return None
    if event.description and _CANCELLED.search(event.description):
        return "AWS cancelled it: it did not happen"
    start, updated = event.start, event.last_updated
    if event.is_closed and start is not None and updated is not None and updated < start:
        return "AWS closed it before its date: it did not happen"
    return None


def _no_cause(event: EventState, at: datetime, touch: int) -> str | None:
    """Why an event that is near cannot be the cause."""
    if event.abuse or event.service in REPORTS:
        return "it is a report about you, not a fault of AWS"
    if why := cancelled(event):
        return why
    if touch >= NAMED:
        return None
    if touch == OTHERS and not event.is_public:
        return "unlikely: AWS names other resources, and not this one"
    if touch < OWN and event.end is not None and event.end < at:
        return f"unlikely: it had ended {_gap(event.end, at)}, and it is not the service itself"
    return None


def _stale(event: EventState, at: datetime) -> str | None:
    """Open for ever, perhaps only because nobody closed it."""
    if event.is_closed or event.end is not None:
        return None
    last = max((one for one in (event.start, event.last_updated) if one), default=at)
    change = event.category == Category.SCHEDULED_CHANGE
    if at - last <= (STALE_CHANGE if change else STALE):
        return None
    return f"open, but not updated for {(at - last).days} days"


def _touch(event: EventState, subject: Subject) -> tuple[int, str] | None:
    """How near the event is to the subject in the estate; None: it does not touch it."""
    mine = resources_of(event)
    if subject.resource is not None:
        for one in mine:
            if _is(one, subject.resource):
                return NAMED, f"it names {subject.resource.label} itself"
    if subject.account and event.account and event.account != subject.account:
        return None
    region = (event.region or "").lower()
    everywhere = region in ("global", "")
    if subject.region and not everywhere and region != subject.region:
        return None
    return _near(event, subject, everywhere=everywhere, names=bool(mine))


def _near(
    event: EventState, subject: Subject, *, everywhere: bool, names: bool
) -> tuple[int, str] | None:
    """An event of the right place that does not name the resource.

    Args:
        names: it names other resources.
    """
    where = "everywhere" if everywhere else f"in {event.region}"
    less = 10 if everywhere else 0
    service = _SAME.get(event.service, event.service)
    wanted = _SAME.get(subject.service or "", subject.service)
    if names and subject.resource is not None and event.category == Category.SCHEDULED_CHANGE:
        # A change of other resources cannot have touched this one; an issue may be wider.
        return None
    if wanted is None and subject.resource is not None:
        # Nothing is known of it, so anything that happened there would fit.
        return None
    if wanted is None:
        return 50 - less, f"it concerns {event.service} {where}"
    if service == wanted and names and subject.resource is not None:
        return OTHERS, f"it concerns other {event.service} resources {where}"
    if service == wanted:
        return OWN + 10 - less, f"it concerns {event.service} {where}"
    if names:
        return None
    if event.service in _BUILT_ON.get(wanted, ()):
        return 45, f"{wanted} is built on {event.service}, which it concerns {where}"
    if event.service in _BELOW_ALL:
        return 40, f"{event.service} is below most services, and it concerns it {where}"
    return 15, f"another service ({event.service}) {where}"


def _is(one: Resource, wanted: Resource) -> bool:
    if one.id == wanted.id:
        return True
    if one.id.startswith("arn:") and wanted.id.startswith("arn:"):
        return False
    return bool(_names(one) & _names(wanted))


def _names(resource: Resource) -> set[str]:
    """What it is called: "arn:…:instance/i-0c4e" is also "i-0c4e"."""
    names = {resource.id.casefold(), (resource.name or "").casefold()} - {""}
    return names | {name.rpartition("/")[2] for name in names if name.startswith("arn:")}


def _when(event: EventState, at: datetime, within: timedelta) -> tuple[int, str] | None:
    """How near the event is in time; None: too far."""
    start, end = event.start, event.end
    if start is None:
        start = event.last_updated
    if start is None:
        return None
    change = event.category == Category.SCHEDULED_CHANGE
    if end is None and event.is_closed:
        end = event.last_updated
    if start <= at and end is not None and at <= end:
        return 40, "it was under way at that moment"
    if abs(start - at) <= within:
        return 35, f"it began {_gap(start, at)}"
    if end is not None and abs(end - at) <= within:
        return 20, f"it ended {_gap(end, at)}"
    if start > at or (end is not None and end < at):
        return None
    if change:
        # AWS acts at a time of its own after the date that it named.
        return 30, (
            f"its date ({start:%Y-%m-%d}) had passed and it was not done: "
            "AWS may act in any maintenance window from then on"
        )
    if event.category in (Category.ISSUE, Category.INVESTIGATION):
        return 40, f"it was open at that moment, since {start:%Y-%m-%d %H:%M} UTC"
    return None


def _kind(event: EventState) -> tuple[int, str]:
    if event.category == Category.ISSUE:
        return 20, "AWS calls it an issue"
    if event.category == Category.SCHEDULED_CHANGE:
        return 15, "AWS scheduled a change"
    if event.category == Category.INVESTIGATION:
        return 10, "AWS was investigating"
    return 0, ""


def _gap(one: datetime, at: datetime) -> str:
    seconds = int(abs((one - at).total_seconds()))
    minutes = seconds // 60
    if minutes == 0:
        return "at that moment"
    text = f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
    return f"{text} {'before' if one < at else 'after'}"


def _distance(event: EventState, at: datetime) -> float:
    moment = event.start or event.last_updated
    return abs((moment - at).total_seconds()) if moment else float("inf")
