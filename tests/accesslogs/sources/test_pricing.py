"""What a copy costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from offcall.accesslogs.sources.bucket import Remote
from offcall.accesslogs.sources.listing import Listing
from offcall.accesslogs.sources.pricing import estimate

ONE = Remote("b", "k", "e", 1000, datetime(2026, 11, 25, tzinfo=UTC))


def listing(count: int, requests: int, region: str | None = None) -> Listing:
    objects = [replace(ONE, key=str(number)) for number in range(count)]
    return Listing(objects=objects, requests=requests, region=region)


def test_requests_and_bytes() -> None:
    found = estimate([listing(1500, 12), listing(500, 3)])
    assert (found.objects, found.size_bytes, found.present) == (2000, 2_000_000, 0)
    assert (found.list_requests, found.get_requests) == (15, 2000)
    # 15 x $0.005/1000 + 2000 x $0.0004/1000
    assert found.cost == Decimal("0.000875")
    assert (found.currency, found.price_region) == ("USD", "us-east-1")
    assert found.price_date == date(2026, 9, 28)


def test_the_prices_of_the_region_are_taken_where_they_are_known() -> None:
    found = estimate([listing(1000, 1000, "eu-central-1")])
    assert found.cost == Decimal("0.00583")
    assert found.price_region == found.region == "eu-central-1"
    other = estimate([listing(1000, 1000, "sa-east-1")])
    assert (other.price_region, other.region) == ("us-east-1", "sa-east-1")
    assert "those of sa-east-1 are not known here" in " ".join(other.lines())


def test_what_is_here_costs_nothing() -> None:
    found = estimate([listing(3, 1)], lambda one: one.key != "1")
    assert (found.objects, found.size_bytes, found.present, found.get_requests) == (1, 1000, 2, 1)


def test_in_words() -> None:
    assert estimate([listing(1, 1)], lambda _: False).lines() == (
        "1 object, 1000 B",
        "1 LIST request (made), 1 GET request: $0.0000054 by the prices of "
        "S3 Standard in us-east-1 of 28 Sep 2026",
        "data transfer out to the internet or to another region is charged on top of it "
        "when this runs outside the bucket's region",
    )
