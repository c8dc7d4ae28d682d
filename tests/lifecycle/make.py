"""Inventories for these tests, judged by the dataset that offcall carries."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from offcall.lifecycle.dataset import bundled
from offcall.lifecycle.engines import products_of
from offcall.lifecycle.regimes import predict
from offcall.lifecycle.regimes.model import Outlook
from offcall.lifecycle.snapshot import Inventory, LiveSupport, Running

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DATASET = bundled()


def running(engine: str, version: str, **more: Any) -> Running:
    home = {"name": "orders", "account": "111122223333", "region": "us-east-1"}
    return Running.model_validate({"engine": engine, "version": version, **home, **more})


def inventory(*resources: Running, live: tuple[LiveSupport, ...] = ()) -> Inventory:
    names = {name for one in resources for name in products_of(one.engine)}
    return Inventory(
        taken_at=NOW,
        source="test",
        resources=resources,
        live=live,
        products=DATASET.some(names),
    )


def outlook(
    engine: str, version: str, today: str, live: tuple[LiveSupport, ...] = (), **more: Any
) -> Outlook:
    item = running(engine, version, **more)
    return predict(item, inventory(item, live=live), date.fromisoformat(today))


def steps(found: Outlook) -> list[tuple[str, str | None, str | None]]:
    """Act, day and price of every step."""
    return [
        (
            step.act.value,
            step.on.isoformat() if step.on else None,
            str(step.cost.monthly_usd) if step.cost else None,
        )
        for step in found.steps
    ]
