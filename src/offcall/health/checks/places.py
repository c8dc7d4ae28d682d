"""What the findings are about, and the pages that they rest on."""

from __future__ import annotations

from offcall.core.arn import make, parse
from offcall.core.findings import Fix, Resource
from offcall.health.snapshot import FeedFacts, QueueFacts, Setup

__all__ = [
    "EVENTS",
    "REDRIVE",
    "REGIONS",
    "account_of",
    "bus_in",
    "feed_of",
    "queue_of",
    "rule_in",
]

REGIONS = "https://docs.aws.amazon.com/health/latest/ug/choosing-a-region.html"
EVENTS = "https://docs.aws.amazon.com/health/latest/ug/cloudwatch-events-health.html"
REDRIVE = (
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/"
    "sqs-dead-letter-queues.html"
)


def account_of(setup: Setup) -> Resource:
    """The account that was looked at."""
    return Resource(
        kind="aws account", id=setup.account or "unknown", account=setup.account, service="HEALTH"
    )


def bus_in(setup: Setup, region: str) -> Resource:
    """A region's event bus."""
    return Resource(
        kind="event bus",
        id=make("events", region, setup.account, "event-bus/default"),
        name=f"event bus in {region}",
        account=setup.account,
        region=region,
        service="EVENTS",
    )


def queue_of(queue: QueueFacts) -> Resource:
    """A queue."""
    arn = parse(queue.arn)
    return Resource(
        kind="sqs queue",
        id=queue.arn,
        name=arn.name if arn else queue.arn.rpartition("/")[2],
        account=arn.account if arn else None,
        region=queue.region,
        service="SQS",
    )


def feed_of(feed: FeedFacts) -> Resource:
    """A way by which events come."""
    parts = (feed.how, feed.region, feed.account, "backup" if feed.backup else "")
    return Resource(
        kind="event feed",
        id="/".join(part for part in parts if part),
        account=feed.account or None,
        region=feed.region or None,
    )


def rule_in(region: str) -> Fix:
    """How to make the rule that is missing."""
    return Fix(
        steps=(
            f"Deploy the CloudFormation template in deploy/ to {region}, or make the rule by hand",
        ),
        command=(
            f"aws events put-rule --region {region} --name offcall-health "
            '--event-pattern \'{"source":["aws.health"]}\''
        ),
    )
