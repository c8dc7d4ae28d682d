"""What it costs to list and to copy, before it is done.

Prices of requests to S3 Standard from AWS's public price list (AmazonS3, Requests-Tier1 and
Requests-Tier2). https://aws.amazon.com/s3/pricing/
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from offcall.accesslogs.sources.bucket import Remote
from offcall.accesslogs.sources.listing import Listing
from offcall.core.render.humane import bytes_text, date_text, money_text
from offcall.core.text import plural

__all__ = ["Estimate", "estimate"]


@dataclass(frozen=True, slots=True)
class _Price:
    """US dollars for 1,000 requests, and the day of the price list."""

    listing: Decimal
    getting: Decimal
    day: date


_USUAL = "us-east-1"
_PRICES = {
    _USUAL: _Price(Decimal("0.005"), Decimal("0.0004"), date(2026, 9, 28)),
    "eu-central-1": _Price(Decimal("0.0054"), Decimal("0.00043"), date(2026, 8, 31)),
}


class Estimate(BaseModel):
    """What a copy needs: objects, bytes, requests, money."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    objects: int = Field(description="Objects that are to be copied.")
    size_bytes: int = Field(description="Their bytes, as they are stored.")
    present: int = Field(default=0, description="Objects that are here already.")
    list_requests: int = Field(description="LIST requests that were made to find them.")
    get_requests: int = Field(description="GET requests that the copy needs, if none is cut off.")
    cost: Decimal = Field(description="Of all these requests.")
    currency: str = "USD"
    price_region: str = Field(description="Whose prices these are.")
    price_date: date = Field(description="Of which day the prices are.")
    region: str | None = Field(default=None, description="Where the bucket is, if S3 says so.")

    def lines(self) -> tuple[str, ...]:
        """In words: what, what it costs by which prices, and what is not in it."""
        more = f", {self.present:,} more are here already" if self.present else ""
        requests = (
            f"{plural(self.list_requests, 'LIST request')} (made), "
            f"{plural(self.get_requests, 'GET request')}"
        )
        whose = f"S3 Standard in {self.price_region} of {date_text(self.price_date)}"
        if self.region not in {None, self.price_region}:
            whose += f"; those of {self.region} are not known here and differ a little"
        return (
            f"{plural(self.objects, 'object')}, {bytes_text(self.size_bytes)}{more}",
            f"{requests}: {money_text(self.cost, self.currency)} by the prices of {whose}",
            "data transfer out to the internet or to another region is charged on top of it "
            "when this runs outside the bucket's region",
        )


def estimate(
    listings: Iterable[Listing], present: Callable[[Remote], bool] = lambda _: False
) -> Estimate:
    """What a copy of all that was listed needs.

    Args:
        present: whether an object need not be copied.
    """
    objects = size = here = listed = 0
    region = None
    for one in listings:
        listed += one.requests
        region = one.region or region
        for remote in one.objects:
            if present(remote):
                here += 1
            else:
                objects += 1
                size += remote.size
    known = region if region in _PRICES else _USUAL
    assert known is not None
    price = _PRICES[known]
    return Estimate(
        objects=objects,
        size_bytes=size,
        present=here,
        list_requests=listed,
        get_requests=objects,
        cost=(listed * price.listing + objects * price.getting) / 1000,
        price_region=known,
        price_date=price.day,
        region=region,
    )
