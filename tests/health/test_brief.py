"""What the room tells the brief."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from offcall.core.context import Context
from offcall.core.contributions import EVENT_TYPE, TAKEN
from offcall.core.estate import Estate
from offcall.core.findings import Severity
from offcall.core.registry import find_tool
from offcall.core.windows import Window
from offcall.health.brief import contribute
from offcall.health.model import Origin
from offcall.health.parse import parse
from offcall.health.snapshot import RegionRules, Setup
from offcall.health.storage import store
from offcall.history import open_history
from offcall.history.findings import lookup
from tests.health.messages import arn_of, message

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
WINDOW = Window(NOW, NOW + timedelta(days=14), "next 2 weeks", UTC)


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    return Context(
        Estate({"history": str(tmp_path / "h.sqlite"), "health": {"ignore": ["AWS_BILLING_*"]}}),
        now=NOW,
    )


def take(ctx: Context, *bodies: str) -> None:
    items = [item for body in bodies for item in parse(body, origin=Origin(how="sqs"))]
    store.ingest(open_history(ctx), items, NOW)


def test_what_is_told_and_in_which_part(ctx: Context) -> None:
    notice = {"category": "accountNotification", "status": "open"}
    with ctx:
        take(
            ctx,
            message(1, start=NOW + timedelta(days=3)),
            message(2, start=NOW - timedelta(days=3)),
            message(3, start=NOW + timedelta(days=30)),
            message(4, status="closed"),
            message(5, code="AWS_RDS_OPERATIONAL_ISSUE", category="issue", status="open"),
            message(6, code="AWS_VPN_REDUNDANCY_LOSS", **notice),
            message(
                7,
                code="AWS_RDS_OPERATIONAL_NOTIFICATION",
                start=NOW - timedelta(days=60),
                actionability=None,
                **notice,
            ),
            message(8, code="AWS_BILLING_NOTIFICATION", **notice),
        )
        part = contribute(ctx, WINDOW)
    assert [int(one.key[-1]) for one in part.later] == [3], "there, but after the window"
    told = {int(one.key[-1]): one.category for one in part.findings}
    assert told == {1: "change", 2: "change", 5: "open", 6: "open"}
    assert all(one.fix.steps for one in part.findings)
    for one in part.findings:
        assert [fact.value for fact in one.evidence if fact.name == EVENT_TYPE]


def test_a_recent_notice_is_told_once(ctx: Context) -> None:
    with ctx:
        take(
            ctx,
            message(
                1,
                code="AWS_RDS_OPERATIONAL_NOTIFICATION",
                category="accountNotification",
                status="open",
                actionability="INFORMATIONAL",
                start=NOW - timedelta(days=1),
                lastUpdatedTime="Wed, 25 Nov 2026 09:00:00 GMT",
            ),
        )
        (one,) = contribute(ctx, WINDOW).findings
    assert one.category == "notice"


def test_nothing_that_is_open_or_begins_in_the_window_vanishes(ctx: Context) -> None:
    old = {"status": "open", "start": NOW - timedelta(days=60), "actionability": None}
    with ctx:
        take(
            ctx,
            message(
                1,
                code="AWS_RDS_OPERATIONAL_NOTIFICATION",
                category="accountNotification",
                status="open",
                start=NOW + timedelta(days=3),
                actionability=None,
            ),
            message(2, start=NOW + timedelta(days=3), eventTypeCategory=None),
            message(3, code="AWS_RDS_SOMETHING", category="newKind", **old),
            message(4, code="AWS_RDS_SOMETHING", eventTypeCategory=None, **old),
            message(5, code="AWS_RDS_OPERATIONAL_ISSUE", eventTypeCategory=None, **old),
        )
        told = {int(one.key[-1]): one for one in contribute(ctx, WINDOW).findings}
        assert {number: one.category for number, one in told.items()} == {
            1: "change",
            2: "change",
            3: "open",
            4: "open",
            5: "open",
        }
        assert told[2].deadline == NOW + timedelta(days=3)
        found = find_tool("health changes").call(ctx, window="next 14 days")
        assert {int(one.key[-1]) for one in found.changes} == {1, 2}
        assert {int(one.key[-1]) for one in found.overdue} == {3, 4}


def test_what_somebody_took_says_who(ctx: Context) -> None:
    with ctx:
        take(ctx, message(1))
        store.act(open_history(ctx), arn_of(1), None, "acknowledge", "ana", NOW)
        (one,) = contribute(ctx, WINDOW).findings
    assert [fact.value for fact in one.evidence if fact.name == TAKEN] == ["acknowledged by ana"]


def waiting(tmp_path: Path, **more: Any) -> Context:
    health = {"regions": ["us-east-1"], **more}
    return Context(Estate({"history": str(tmp_path / "h.sqlite"), "health": health}), now=NOW)


def test_who_waits_for_events_hears_that_none_come(ctx: Context, tmp_path: Path) -> None:
    with ctx:
        assert contribute(ctx, WINDOW).findings == (), "nobody named a queue or a region"
    with waiting(tmp_path) as other:
        part = contribute(other, WINDOW)
        assert [(one.rule, one.severity) for one in part.findings] == [
            ("health-no-feed", Severity.HIGH)
        ]
        assert part.looks
        take(other, message(1, status="closed"))
        assert contribute(other, WINDOW).findings == ()


def test_the_last_look_of_the_doctor_is_told(tmp_path: Path) -> None:
    sick = Setup(
        taken_at=NOW,
        source="a test",
        wanted=("us-east-1",),
        regions=(RegionRules(region="us-east-1"), RegionRules(region="us-west-2")),
    )
    with waiting(tmp_path) as ctx, pytest.MonkeyPatch.context() as patch:
        patch.setattr("offcall.health.people.read_setup", lambda *_: sick)
        assert "health-rule-missing" in {
            one.rule for one in find_tool("health doctor").call(ctx).all_findings()
        }
        rules = [one.rule for one in contribute(ctx, WINDOW).findings]
        assert "health-rule-missing" in rules
        assert rules.count("health-no-feed") == 1
        well = sick.model_copy(update={"wanted": (), "regions": ()})
        patch.setattr("offcall.health.people.read_setup", lambda *_: well)
        find_tool("health doctor").call(ctx)
        told = {one.rule for one in contribute(ctx, WINDOW).findings}
        assert "health-rule-idle" not in told
        with open_history(ctx).read() as conn:
            kept = lookup(conn, now=NOW, scope="health-doctor", present=True)
        assert told == {"health-no-feed", *(one.finding.rule for one in kept)}


def test_quarantine_is_told(ctx: Context) -> None:
    with ctx:
        take(ctx, "{ no")
        assert [one.rule for one in contribute(ctx, WINDOW).findings] == ["health-quarantine"]
