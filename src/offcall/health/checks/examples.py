"""Small set-ups for the checks' examples."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from offcall.core.checks import Example
from offcall.health.snapshot import FeedFacts, QueueFacts, RegionRules, Rule, Setup

__all__ = ["NOW", "example", "feed", "queue", "region"]

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)

GOOD = Rule(name="health", enabled=True, targets=("arn:aws:sqs:us-east-1:1:health",))


def example(**values: object) -> Example:
    """A set-up of one account, judged at `NOW`."""

    def make() -> Setup:
        return Setup.model_validate({"taken_at": NOW, "source": "an example", **values})

    return Example(make, NOW)


def region(name: str, *rules: Rule) -> RegionRules:
    """A region with these rules, or with one that works."""
    return RegionRules(region=name, rules=rules or (GOOD,))


def feed(days: float, **values: object) -> FeedFacts:
    """A feed whose last message came so many days ago."""
    whole = {"how": "sqs", "region": "us-east-1", "messages": 9, **values}
    return FeedFacts.model_validate({"last_seen": NOW - timedelta(days=days), **whole})


def queue(**values: object) -> QueueFacts:
    """A queue as it should be, but for `values`."""
    whole = {
        "url": "https://sqs.us-east-1.amazonaws.com/111122223333/health",
        "arn": "arn:aws:sqs:us-east-1:111122223333:health",
        "senders": ("events.amazonaws.com",),
        "dead_letter": "arn:aws:sqs:us-east-1:111122223333:health-dead",
        "dead_letters": 0,
        **values,
    }
    return QueueFacts.model_validate(whole)
