"""Classes of machines."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from offcall.lifecycle.machines import normalised_size, vcpus
from offcall.lifecycle.prices import usd


@pytest.mark.parametrize(
    ("machine", "count"),
    [
        ("db.t3.micro", 2),
        ("db.t4g.large", 2),
        ("db.t2.micro", 1),
        ("db.t2.medium", 2),
        ("db.m6g.large", 2),
        ("db.r5.12xlarge", 48),
        ("db.r6i.metal", 128),
        ("db.m7i.metal-24xl", 96),
        ("db.r5.4xlarge.tpc1.mem2x", 8),
        ("db.x1e.32xlarge", 128),
        ("db.m2.xlarge", 2),
        ("db.m2.2xlarge", 4),
        ("db.m2.4xlarge", 8),
        ("cache.r6g.xlarge", 4),
        ("db.serverless", None),
        ("", None),
    ],
)
def test_vcpus(machine: str, count: int | None) -> None:
    assert vcpus(machine) == count


@pytest.mark.parametrize(
    ("machine", "size"),
    [
        ("t3.small.search", 1.0),
        ("m7g.medium.search", 2.0),
        ("r6g.large.search", 4.0),
        ("r6g.2xlarge.elasticsearch", 16.0),
        ("ultrawarm1.medium.search", 2.0),
        ("db.serverless", None),
    ],
)
def test_normalised_sizes(machine: str, size: float | None) -> None:
    assert normalised_size(machine) == size


def test_money_is_written_for_people() -> None:
    assert [usd(Decimal(x)) for x in ("56.944", "146", "1234.5")] == ["$56.94", "$146", "$1,235"]


def test_node_prices_name_their_source() -> None:
    import offcall.lifecycle

    file = Path(offcall.lifecycle.__path__[0]) / "data" / "elasticache_redis_prices.json"
    body = json.loads(file.read_text())
    assert body["provenance"]["date"] == "2025-04-24"
    assert body["regions"]["us-east-1"]["r6g.large"] > 0
