"""One result with every kind of block, for the tests of all forms."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from offcall.core.documents import (
    Bar,
    Bullets,
    Code,
    Column,
    Document,
    Facts,
    FindingList,
    Heading,
    Line,
    Mark,
    Span,
    Table,
    Timeline,
    Tone,
)
from offcall.core.findings import Evidence, Finding, Fix, Owner, Resource, Runbook, Severity
from offcall.core.render import View
from offcall.core.results import Result

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
VIEW = View(now=NOW)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def resource(name: str, kind: str = "rds instance") -> Resource:
    return Resource(
        kind=kind,
        id=f"arn:aws:rds:us-east-1:111122223333:db:{name}",
        name=name,
        account="111122223333",
        region="us-east-1",
    )


FORCED = Finding(
    rule="lifecycle-forced-upgrade",
    severity=Severity.CRITICAL,
    title="PostgreSQL 11.19 will be upgraded in the next maintenance window",
    resource=resource("orders-prod"),
    deadline=at(2026, 12, 3, 9),
    owner=Owner(name="team-payments", rule="catalog-info.yaml:12"),
    runbook=Runbook(title="Upgrade RDS", url="https://wiki.example.com/rds", rule="estate"),
    evidence=(Evidence(name="connections", value="412", unit="peak", source="CloudWatch"),),
    why="The minor version has reached its end of support.",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Maintenance.html",
    fix=Fix(
        steps=("Upgrade in your own window", "Run ANALYZE"),
        command="aws rds modify-db-instance --db-instance-identifier orders-prod",
    ),
    category="support",
)
RETIRED = Finding(
    rule="health-retirement",
    severity=Severity.HIGH,
    title="The instance is retired with its hardware",
    resource=Resource(kind="ec2 instance", id="i-0abc", account="444455556666", region="eu-west-1"),
    starts=at(2026, 12, 1, 9),
    deadline=at(2026, 12, 20, 9),
    fix=Fix(steps=("Stop and start it",)),
)
RUNTIMES = tuple(
    Finding(
        rule="lambda-runtime",
        severity=Severity.MEDIUM,
        title="Lambda runtime python3.9 is deprecated",
        resource=resource(name, "lambda function"),
        owner=Owner(name="team-data", rule="tag team"),
    )
    for name in ("thumbs", "export", "sync")
)
LINE = Finding(
    rule="iac-public-bucket",
    severity=Severity.LOW,
    title="The bucket is public",
    resource=Resource(kind="s3 bucket", id="logs", file="infra/a b.yaml", line=7),
)
FINDINGS = (FORCED, RETIRED, *RUNTIMES, LINE)

TIMELINE = Timeline(
    at(2026, 1, 1),
    at(2028, 1, 1),
    NOW,
    (
        Bar(
            "orders-prod",
            (
                (at(2025, 1, 1), at(2026, 6, 1), Tone.OK, "standard"),
                (at(2026, 6, 1), at(2027, 6, 1), Tone.WARN, "extended"),
                (at(2027, 6, 1), at(2029, 1, 1), Tone.BAD, "forced"),
            ),
            (Mark(at(2026, 12, 3), "forced upgrade", Tone.BAD),),
        ),
    ),
)

TABLE = Table(
    (Column("Resource"), Column("Days", right=True), Column("Then", wide=True), Column("Page")),
    (
        (
            "orders-prod",
            Span("-3", Tone.BAD),
            "AWS upgrades it in the maintenance window, whatever the setting says",
            Span("notes", url="https://docs.example.com/a"),
        ),
        ("search", "200", "extended support", Span("notes", url="javascript:alert(1)")),
    ),
)

DOCUMENT = Document(
    "Next week",
    "demo estate · as of Tue 24 Nov 2026 09:00 UTC",
    (
        Heading("Findings"),
        FindingList(FINDINGS),
        Line("One account was not readable.", Tone.WARN),
        Heading("Versions"),
        TABLE,
        Heading("Time"),
        TIMELINE,
        Heading("Rest", 3),
        Facts(
            (("Account", "111122223333"), ("Docs", Span("wiki", url="https://wiki.example.com")))
        ),
        Bullets(("first", Span("second", Tone.STRONG)), numbered=True),
        Code("select 1;\nselect 2;", "sql"),
        FindingList((), empty="nothing is open"),
        Table((Column("A"),), (), empty="no rows"),
    ),
)


class Sample(Result):
    """The sample."""

    findings: tuple[Finding, ...] = FINDINGS

    def document(self, zone: tzinfo) -> Document:
        return DOCUMENT

    def all_findings(self) -> tuple[Finding, ...]:
        return self.findings

    def incomplete(self) -> tuple[str, ...]:
        return ("account 3: AccessDenied",)
