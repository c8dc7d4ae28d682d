"""Findings to record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from offcall.core.findings import Finding, Resource, Severity

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def finding(name: str, **more: object) -> Finding:
    return Finding(
        rule="test-rule",
        severity=Severity.HIGH,
        title=f"{name} is old",
        resource=Resource(kind="rds instance", id=name, account="1"),
        **more,
    )


A, B = finding("a"), finding("b")
