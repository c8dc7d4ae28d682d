"""Small inventories for the examples of checks: a few releases written out, no file read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from offcall.core.checks import Example
from offcall.lifecycle.products import Product, Provenance, Release
from offcall.lifecycle.snapshot import Inventory, LiveSupport, Running

__all__ = ["NOW", "example", "inventory", "running"]

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

_FROM = Provenance(source="github.com/endoflife-date/endoflife.date", date=date(2026, 8, 22))


def _product(name: str, *releases: Release) -> Product:
    return Product(name=name, title=name, releases=releases, provenance=_FROM)


def _release(cycle: str, **dates: Any) -> Release:
    return Release.model_validate({"cycle": cycle, **dates})


PRODUCTS = (
    _product(
        "amazon-rds-postgresql",
        _release("17", eol="2030-02-28", eoes="2033-02-28", latest="17.10"),
        _release("14", eol="2027-02-28", eoes="2030-02-28", latest="14.23"),
        _release("13", eol="2026-02-28", eoes="2029-02-28", latest="13.23"),
    ),
    _product(
        "amazon-rds-mysql",
        _release("8.4.9", eoas="2027-05-08", eol="2029-07-31", eoes="2032-07-31"),
        _release("8.4.6", eoas="2026-09-30", eol="2029-07-31", eoes="2032-07-31"),
        _release("8.4", eoas="2029-07-31", eol="2029-07-31", eoes="2032-07-31", latest="8.4.10"),
    ),
    _product(
        "amazon-eks",
        _release("1.36", eol="2027-08-02", eoes="2028-08-02"),
        _release("1.34", eol="2026-12-02", eoes="2027-12-02"),
        _release("1.31", eol="2025-11-26", eoes="2026-11-26"),
    ),
    _product(
        "aws-lambda",
        _release("python3.14", eoas="2029-06-30", eol="2029-08-31"),
        _release("python3.9", eoas="2025-12-15", eol="2027-03-03"),
    ),
    _product(
        "debian",
        _release("13", eol="2028-08-09", eoes="2030-06-30"),
        _release("11", eol="2024-08-14", eoes="2026-08-31"),
    ),
)


def running(engine: str, version: str, **more: Any) -> Running:
    """A resource of the account 111122223333 in us-east-1."""
    home = {"name": "orders", "account": "111122223333", "region": "us-east-1"}
    return Running.model_validate({"engine": engine, "version": version, **home, **more})


def inventory(*resources: Running, live: tuple[LiveSupport, ...] = ()) -> Inventory:
    """An inventory of these, judged by the releases above."""
    return Inventory(
        taken_at=NOW, source="example", resources=resources, live=live, products=PRODUCTS
    )


def example(*resources: Running, live: tuple[LiveSupport, ...] = ()) -> Example:
    """An inventory of these, judged at `NOW`."""
    return Example(lambda: inventory(*resources, live=live), NOW)
