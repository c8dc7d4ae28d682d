"""Findings and contexts for the brief's tests."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from offcall.core.context import Context
from offcall.core.contributions import EVENT_TYPE, TAKEN
from offcall.core.estate import Estate
from offcall.core.findings import Evidence, Finding, Fix, Resource, Severity

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def finding(
    name: str = "orders-db",
    *,
    rule: str = "lifecycle-forced-upgrade",
    category: str = "support",
    days: float | None = 5,
    severity: Severity = Severity.HIGH,
    code: str | None = None,
    taken: str | None = None,
    **more: Any,
) -> Finding:
    """A finding on an RDS instance, due in `days`; with `code`, one from a Health event."""
    evidence = [Evidence(name=EVENT_TYPE, value=code)] if code else []
    evidence += [Evidence(name=TAKEN, value=taken)] if taken else []
    values: dict[str, Any] = {
        "rule": "health-event-change" if code else rule,
        "severity": severity,
        "title": f"something happens to {name}",
        "resource": Resource(
            kind="rds instance",
            id=f"arn:aws:rds:us-east-1:111122223333:db:{name}",
            name=name,
            account="111122223333",
            region="us-east-1",
        ),
        "evidence": tuple(evidence),
        "fix": Fix(steps=("do it", "then look"), command="aws do it"),
        "deadline": None if days is None else NOW + days * DAY,
        "category": category,
        "key": f"arn:aws:health:::event/{code}" if code else "",
    }
    return Finding.model_validate(values | more)


@contextlib.contextmanager
def run(
    folder: Path, *, now: datetime = NOW, estate: str = "name: test\n", **more: Any
) -> Iterator[Context]:
    """A run with an estate in `folder`; the history is the one that the environment names."""
    path = folder / "offcall.yaml"
    path.write_text(estate, encoding="utf-8")
    with Context(Estate.load(path), now=now, **more) as ctx:
        yield ctx
