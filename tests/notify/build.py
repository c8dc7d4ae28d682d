"""Alerts and rules for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from offcall.core.findings import Owner, Runbook, Severity
from offcall.notify.alerts import Alert, revision_of
from offcall.notify.estate import Match
from offcall.notify.routes import Place, Rule, Rules

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ARN = "arn:aws:health:us-east-1::event/RDS/AWS_RDS_MAINTENANCE_SCHEDULED/AWS_RDS_MAINTENANCE_1"
DATABASE = "arn:aws:rds:us-east-1:111122223333:db:orders-db"


def alert(**changes: Any) -> Alert:
    """An RDS maintenance on 8 December; the revision comes from the rest."""
    values: dict[str, Any] = {
        "key": f"111122223333|{ARN}",
        "kind": "event",
        "state": "open",
        "status": "upcoming",
        "severity": Severity.HIGH,
        "category": "scheduledChange",
        "title": "RDS maintenance scheduled: orders-db",
        "code": "AWS_RDS_MAINTENANCE_SCHEDULED",
        "service": "RDS",
        "account": "111122223333",
        "region": "us-east-1",
        "resources": (DATABASE,),
        "starts": datetime(2026, 12, 8, 3, tzinfo=UTC),
        "deadline": datetime(2026, 12, 8, 3, tzinfo=UTC),
        "owner": Owner(name="payments", rule="offcall.yaml:12"),
        "runbook": Runbook(
            title="RDS maintenance", url="https://runbooks.shop.example/rds", rule="offcall.yaml:30"
        ),
        "what": "AWS will apply an operating system update to orders-db.",
        "next_step": "Do it yourself before the deadline, or be ready when AWS does it",
        "show": f"offcall health show {ARN} --account 111122223333",
        **changes,
    }
    values.setdefault(
        "revision",
        revision_of(
            values["state"], values["status"], values["deadline"], sorted(values["resources"])
        ),
    )
    return Alert(**values)


def place(name: str = "chat", kind: str = "slack", **changes: Any) -> Place:
    """A channel."""
    return Place(name=name, kind=kind, **{"zone": UTC, **changes})


def rules(*given: Rule, places: tuple[Place, ...] = (), **changes: Any) -> Rules:
    """Rules; by default one that sends everything to "chat"."""
    every = places or (place(),)
    chosen = given or (rule(to=tuple(one.name for one in every)),)
    return Rules({one.name: one for one in every}, chosen, **changes)


def rule(where: str = "route 'all' (offcall.yaml:5)", **changes: Any) -> Rule:
    """A route of everything."""
    return Rule(
        **{
            "where": where,
            "match": Match(),
            "to": ("chat",),
            "reminders": (1, 7, 14, 30),
            **changes,
        }
    )
