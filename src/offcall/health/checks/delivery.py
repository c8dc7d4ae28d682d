"""Do EventBridge rules bring the events of every region, and did they bring all of them?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from offcall.core.checks import Example, check
from offcall.core.findings import Evidence, Finding, Fix, Resource, Severity
from offcall.health.model import EventState
from offcall.health.regions import backup_of, global_of
from offcall.health.snapshot import Missed, QueueFacts, RegionRules, Rule, Setup

__all__ = [
    "backup_rule",
    "elsewhere",
    "feed_gap",
    "gap_findings",
    "idle_rule",
    "missing_rule",
    "narrow_rule",
]

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
REGIONS = "https://docs.aws.amazon.com/health/latest/ug/choosing-a-region.html"
EVENTS = "https://docs.aws.amazon.com/health/latest/ug/cloudwatch-events-health.html"
_GOOD = (Rule(name="health", enabled=True, targets=("arn:aws:sqs:us-east-1:1:health",)),)


def example(**values: object) -> Example:
    """A setup of one account, to judge."""

    def make() -> Setup:
        return Setup.model_validate({"taken_at": NOW, "source": "an example", **values})

    return Example(make, NOW)


def region_resource(setup: Setup, region: str) -> Resource:
    """A region's event bus."""
    return Resource(
        kind="event bus",
        id=f"arn:aws:events:{region}:{setup.account or ''}:event-bus/default",
        name=f"event bus in {region}",
        account=setup.account,
        region=region,
        service="EVENTS",
    )


def _rule_fix(region: str) -> Fix:
    return Fix(
        steps=(
            f"Deploy the CloudFormation template in deploy/ to {region}, or make the rule by hand",
        ),
        command=(
            f"aws events put-rule --region {region} --name offcall-health "
            '--event-pattern \'{"source":["aws.health"]}\''
        ),
    )


@check(
    id="health-rule-missing",
    title="No EventBridge rule brings the Health events of a region in which we run",
    severity=Severity.HIGH,
    rationale="EventBridge delivers Health events only where a rule asks for them. A rule in the "
    "backup region us-west-2 brings a copy of what other regions get; without either, "
    "announcements and outages of the region go unseen.",
    source=REGIONS,
    fails=example(wanted=("eu-west-1",), regions=(RegionRules(region="eu-west-1"),)),
    passes=example(wanted=("eu-west-1",), regions=(RegionRules(region="eu-west-1", rules=_GOOD),)),
    tags=("eventbridge",),
)
def missing_rule(setup: Setup, now: datetime) -> Iterator[Finding]:
    """Each wanted region that was read and has no rule."""
    everywhere = global_of(setup.wanted)
    for region in (*setup.wanted, *(one for one in everywhere if one not in setup.wanted)):
        if setup.rules_in(region) != ():
            continue
        backup = backup_of(region)
        covered = backup is not None and bool(setup.works_in(backup))
        if region not in setup.wanted:
            title = "Health events of global services (IAM, CloudFront, …) reach nobody: no rule"
        else:
            title = "No EventBridge rule for Health events in this region"
        yield Finding(
            rule="health-rule-missing",
            severity=Severity.MEDIUM if covered else Severity.HIGH,
            title=title + (", only the copy from the backup region" if covered else ""),
            resource=region_resource(setup, region),
            why="Without a rule AWS delivers nothing there, and nobody is told.",
            source=REGIONS,
            fix=_rule_fix(region),
            category="setup",
        )


@check(
    id="health-rule-idle",
    title="A rule for Health events is switched off or leads nowhere",
    severity=Severity.HIGH,
    rationale="A rule that is disabled or has no target looks like a feed and is none.",
    source=EVENTS,
    fails=example(
        regions=(RegionRules(region="us-east-1", rules=(Rule(name="health", enabled=False),)),)
    ),
    passes=example(regions=(RegionRules(region="us-east-1", rules=_GOOD),)),
    tags=("eventbridge",),
)
def idle_rule(setup: Setup, now: datetime) -> Iterator[Finding]:
    """Each rule that cannot deliver."""
    for one in setup.regions:
        for rule in one.rules:
            if rule.works:
                continue
            off = not rule.enabled
            how = "disabled" if off else "without a target"
            step = "Enable the rule" if off else "Give the rule the queue as its target"
            if rule.left_out and not off:
                names = ", ".join(rule.left_out)
                how = f"deaf to the usual Health events of this account and region: {names}"
                step = f"Take {names} out of the rule's event pattern"
            yield Finding(
                rule="health-rule-idle",
                severity=Severity.HIGH,
                title=f"Rule {rule.name} is {how}",
                resource=region_resource(setup, one.region),
                key=rule.name,
                why="Health events of this region are thrown away.",
                source=EVENTS,
                fix=Fix(
                    steps=(step,),
                    command=f"aws events enable-rule --name {rule.name} --region {one.region}"
                    if off
                    else None,
                ),
                category="setup",
            )


@check(
    id="health-rule-narrow",
    title="A rule lets only some Health events through",
    severity=Severity.LOW,
    rationale="A pattern that names services, categories or event types leaves out what AWS adds "
    "later; filtering after storing loses nothing.",
    source=EVENTS,
    fails=example(
        regions=(
            RegionRules(
                region="us-east-1",
                rules=(Rule(name="h", enabled=True, targets=("t",), narrowed=("service",)),),
            ),
        )
    ),
    passes=example(regions=(RegionRules(region="us-east-1", rules=_GOOD),)),
    tags=("eventbridge",),
)
def narrow_rule(setup: Setup, now: datetime) -> Iterator[Finding]:
    """Each region in which every working rule is narrowed."""
    for one in setup.regions:
        working = [rule for rule in one.rules if rule.works]
        if not working or any(not rule.narrowed for rule in working):
            continue
        names = ", ".join(dict.fromkeys(name for rule in working for name in rule.narrowed))
        yield Finding(
            rule="health-rule-narrow",
            severity=Severity.LOW,
            title=f"The rules here filter Health events by {names}",
            resource=region_resource(setup, one.region),
            evidence=(Evidence(name="filters", value=names, source="EventBridge"),),
            why="What does not fit the filter is never seen, whatever AWS announces.",
            source=EVENTS,
            fix=Fix(
                steps=("Take the filter off the rule; leave event types out with health.ignore",)
            ),
            category="setup",
        )


@check(
    id="health-rule-elsewhere",
    title="The rules of a region lead to other queues than those that are watched",
    severity=Severity.HIGH,
    rationale="A rule that works and sends Health events to somebody else's target looks like a "
    "feed of ours and is none.",
    source=EVENTS,
    fails=example(
        queues=(QueueFacts(url="u", arn="arn:aws:sqs:us-east-1:1:ours"),),
        regions=(RegionRules(region="us-east-1", rules=_GOOD),),
    ),
    passes=example(
        queues=(QueueFacts(url="u", arn="arn:aws:sqs:us-east-1:1:health"),),
        regions=(RegionRules(region="us-east-1", rules=_GOOD),),
    ),
    tags=("eventbridge",),
)
def elsewhere(setup: Setup, now: datetime) -> Iterator[Finding]:
    """Each region whose working rules name none of our queues, nor what may pass events on."""
    ours = {one.arn for one in setup.queues}
    for one in setup.regions:
        targets = [target for rule in one.rules if rule.works for target in rule.targets]
        # A topic or another bus may lead to our queue.
        passed_on = any(target.split(":")[2:3] in (["sns"], ["events"]) for target in targets)
        if not ours or not targets or passed_on or ours & set(targets):
            continue
        yield Finding(
            rule="health-rule-elsewhere",
            severity=Severity.HIGH,
            title="The rules here send Health events to none of the queues that offcall watches",
            resource=region_resource(setup, one.region),
            evidence=tuple(
                Evidence(name="target", value=target, source="EventBridge") for target in targets
            ),
            why="Events of this region reach another target, and offcall never sees them.",
            source=EVENTS,
            fix=Fix(steps=("Make the queue a target of the rule, or name the right queue",)),
            category="setup",
        )


@check(
    id="health-backup-rule-missing",
    title="No rule in the backup region",
    severity=Severity.MEDIUM,
    rationale="AWS also sends events to us-west-2 (and those of us-west-2 to us-east-1), so that "
    "they arrive when the region itself is in trouble: just when they matter.",
    source=REGIONS,
    fails=example(
        wanted=("us-east-1",),
        regions=(
            RegionRules(region="us-east-1", rules=_GOOD),
            RegionRules(region="us-west-2"),
        ),
    ),
    passes=example(
        wanted=("us-east-1",),
        regions=(
            RegionRules(region="us-east-1", rules=_GOOD),
            RegionRules(region="us-west-2", rules=_GOOD),
        ),
    ),
    tags=("eventbridge",),
)
def backup_rule(setup: Setup, now: datetime) -> Iterator[Finding]:
    """The backup region of what we run in, unless another check looks at it anyway."""
    looked_at = {*setup.wanted, *global_of(setup.wanted)}
    for region in sorted({one for one in map(backup_of, setup.wanted) if one} - looked_at):
        if setup.works_in(region) is not False:
            continue
        yield Finding(
            rule="health-backup-rule-missing",
            severity=Severity.MEDIUM,
            title="No rule takes the copies that AWS sends to the backup region",
            resource=region_resource(setup, region),
            why="When a region is in trouble, its own EventBridge may be too.",
            source=REGIONS,
            fix=_rule_fix(region),
            category="setup",
        )


@check(
    id="health-feed-gap",
    title="The Health API knows an event that EventBridge did not bring",
    severity=Severity.MEDIUM,
    rationale="EventBridge delivers Health events on a best effort basis. One missing event is "
    "bad luck; many are a rule, a queue policy or a region that is not set up.",
    source=EVENTS,
    fails=example(
        missed=(
            Missed(
                arn="arn:aws:health:eu-west-1::event/RDS/AWS_RDS_MAINTENANCE_SCHEDULED/1",
                account="111122223333",
                code="AWS_RDS_MAINTENANCE_SCHEDULED",
                region="eu-west-1",
                updated=NOW,
            ),
        )
    ),
    passes=example(),
    tags=("feeds",),
)
def feed_gap(setup: Setup, now: datetime) -> Iterator[Finding]:
    """One finding a region, with the events that are missing."""
    return _gaps(setup.missed)


def gap_findings(events: Iterable[EventState]) -> Iterator[Finding]:
    """The same finding, straight from events."""
    return _gaps(
        [
            Missed(
                arn=one.arn,
                account=one.account,
                code=one.code,
                region=one.region,
                updated=one.last_updated,
            )
            for one in events
        ]
    )


def _gaps(missed: Iterable[Missed]) -> Iterator[Finding]:
    by_region: dict[str, list[Missed]] = {}
    for one in missed:
        by_region.setdefault(one.region or "global", []).append(one)
    for region, events in sorted(by_region.items()):
        yield Finding(
            rule="health-feed-gap",
            severity=Severity.MEDIUM,
            title=f"EventBridge did not bring {len(events):,} of the events of {region}",
            resource=Resource(
                kind="event feed", id=f"eventbridge/{region}", region=region, service="EVENTS"
            ),
            evidence=tuple(
                Evidence(name=one.code, value=one.arn, source="Health API") for one in events[:5]
            ),
            why="The poll brought them, later than EventBridge would have.",
            source=EVENTS,
            fix=Fix(
                steps=(f"Check the rule and the queue of {region}: offcall health doctor",),
                command="offcall health doctor",
            ),
            category="setup",
        )
