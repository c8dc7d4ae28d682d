"""How Health events reach us: the facts that `health doctor` judges."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from offcall.core.snapshots import Snapshot
from offcall.health.storage.feeds import FeedSeen

__all__ = ["FeedFacts", "Missed", "QueueFacts", "RegionRules", "Rule", "Setup"]


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(_Fact):
    """An EventBridge rule whose pattern lets `aws.health` events through."""

    name: str
    enabled: bool
    targets: tuple[str, ...] = ()
    narrowed: tuple[str, ...] = Field(
        default=(), description="Members by which the pattern leaves some events out."
    )
    left_out: tuple[str, ...] = Field(
        default=(), description="Members of the envelope by which it leaves all usual events out."
    )

    @property
    def works(self) -> bool:
        """It is on, leads somewhere, and lets the usual event through."""
        return self.enabled and bool(self.targets) and not self.left_out


class RegionRules(_Fact):
    """The rules for `aws.health` in one region; a region that could not be read is not there."""

    region: str
    rules: tuple[Rule, ...] = ()


class QueueFacts(_Fact):
    """A queue that is to be watched."""

    url: str
    arn: str
    region: str | None = None
    senders: tuple[str, ...] = Field(
        default=(), description="Service principals (or *) that the policy lets send."
    )
    dead_letter: str | None = Field(default=None, description="ARN of its dead-letter queue.")
    dead_letters: int | None = Field(default=None, description="Messages in there.")
    waiting: int = Field(default=0, description="Messages that nobody has received yet.")


class FeedFacts(_Fact):
    """A feed that brought something at some time."""

    how: str
    region: str = ""
    account: str = ""
    backup: bool = False
    last_seen: datetime
    messages: int

    @property
    def lasts(self) -> bool:
        """It brings events by itself: the silence of what a person does means nothing."""
        return self.how not in ("file", "stdin", "demo")

    @classmethod
    def of(cls, feed: FeedSeen) -> FeedFacts:
        """What the history knows of a feed."""
        return cls(
            how=feed.how,
            region=feed.region,
            account=feed.account,
            backup=feed.backup,
            last_seen=feed.last_seen,
            messages=feed.messages,
        )


class Missed(_Fact):
    """An event that only the API brought, although there is a queue."""

    arn: str
    account: str | None
    code: str
    region: str | None
    updated: datetime | None


class Setup(Snapshot):
    """Rules, queues, plan, organization, feeds, quarantine."""

    kind: ClassVar[str] = "offcall.health-setup/1"

    account: str | None = None
    wanted: tuple[str, ...] = Field(default=(), description="Regions in which we run something.")
    regions: tuple[RegionRules, ...] = ()
    queues: tuple[QueueFacts, ...] = ()
    plan: Literal["api", "no api", "unknown"] = "unknown"
    organization_wanted: bool = False
    organization: str | None = Field(
        default=None, description="ENABLED, DISABLED, PENDING; None when not read."
    )
    delegated: tuple[str, ...] | None = Field(
        default=None, description="Delegated administrators for Health; None when not read."
    )
    feeds: tuple[FeedFacts, ...] = ()
    silent_after_days: float = 7
    quarantine: int = 0
    missed: tuple[Missed, ...] = ()

    def rules_in(self, region: str) -> tuple[Rule, ...] | None:
        """The rules of a region, or None when it was not read."""
        return next((one.rules for one in self.regions if one.region == region), None)

    def works_in(self, region: str) -> bool | None:
        """Whether a rule of that region delivers; None when it was not read."""
        rules = self.rules_in(region)
        return None if rules is None else any(rule.works for rule in rules)
