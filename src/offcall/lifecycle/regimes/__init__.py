"""The predictor: what AWS will do with a resource's version, when, and at what price.

Pure: an inventory and a day in, outlooks out. One module a regime; this one only picks it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime

from offcall.lifecycle.engines import engine_of
from offcall.lifecycle.prices import Cost
from offcall.lifecycle.regimes.appointments import appointments
from offcall.lifecycle.regimes.dates import dates_of, product_of
from offcall.lifecycle.regimes.eks import eks
from offcall.lifecycle.regimes.functions import lambda_runtime
from offcall.lifecycle.regimes.model import Act, Dates, Outlook, Phase, Step
from offcall.lifecycle.regimes.moves import moves_of
from offcall.lifecycle.regimes.others import (
    documentdb,
    elasticache,
    msk,
    neptune,
    opensearch,
    plain,
)
from offcall.lifecycle.regimes.rds import mariadb, rds, serverless_v1
from offcall.lifecycle.snapshot import Inventory, Running

__all__ = ["REGIMES", "Outlooks", "outlooks", "predict"]

Regime = Callable[[Running, Dates], Iterator[Step]]

REGIMES: Mapping[str, Regime] = {
    "documentdb": documentdb,
    "eks": eks,
    "elasticache": elasticache,
    "lambda": lambda_runtime,
    "mariadb": mariadb,
    "msk": msk,
    "neptune": neptune,
    "opensearch": opensearch,
    "plain": plain,
    "rds": rds,
}

PAID = {"documentdb", "eks", "elasticache", "opensearch", "rds"}
"""The regimes with extended support: where no source tells of one, it is unknown, not none."""


Outlooks = Sequence[tuple[Running, Outlook]]
"""Resources and what will become of them, in the inventory's order."""


def outlooks(inventory: Inventory, now: datetime) -> Outlooks:
    """The outlook of every resource: what most checks judge."""
    today = now.astimezone(UTC).date()
    return [(item, predict(item, inventory, today)) for item in inventory.resources]


def predict(item: Running, inventory: Inventory, today: date) -> Outlook:
    """What will become of one resource's version."""
    engine = engine_of(item.engine)
    product = product_of(item, inventory)
    dates = dates_of(item, inventory)
    head = {
        "resource": item.resource,
        "engine": engine.name,
        "title": engine.title if product is None or engine.service else product.title,
        "version": item.version,
    }
    if dates is None:
        own = sorted(appointments(item), key=lambda step: step.on or today)
        why = (
            f"no source knows version {item.version} of {product.title}"
            if product
            else f"no source has support dates for {engine.title}"
        )
        return Outlook.model_validate(
            {**head, "phase": Phase.UNKNOWN, "not_judged": why, "steps": tuple(own)}
        )
    phase = _phase(item, dates, today)
    # In order of time; what has no day comes last.
    steps = sorted(
        (*REGIMES[engine.regime](item, dates), *appointments(item)),
        key=lambda step: (step.on is None, step.on or today),
    )
    moves = moves_of(item, inventory, product, dates, today)
    return Outlook.model_validate(
        {
            **head,
            "phase": phase,
            "days_left": (dates.standard_end.on - today).days
            if dates.standard_end and dates.standard_end.on
            else None,
            "dates": dates,
            "steps": tuple(steps),
            "cost_now": _cost_now(steps, today) if phase is Phase.EXTENDED else None,
            "moves": moves,
        }
    )


def _phase(item: Running, dates: Dates, today: date) -> Phase:
    if serverless_v1(item):
        return Phase.ENDED
    if dates.standard_end is None or not dates.standard_end.passed(today):
        return Phase.STANDARD
    if item.extended_support is False:
        return Phase.ENDED
    if dates.extended_end is not None and not dates.extended_end.passed(today):
        return Phase.EXTENDED
    if dates.extended_end is None and engine_of(item.engine).regime in PAID:
        return Phase.UNKNOWN
    return Phase.ENDED


def _cost_now(steps: list[Step], today: date) -> Cost | None:
    """The price of extended support that is being charged today."""
    billed = [s for s in steps if s.act is Act.BILL and s.on is not None and s.on <= today]
    return billed[-1].cost if billed else None
