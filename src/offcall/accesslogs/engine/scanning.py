"""What a query scans and what Athena asks for it, before it runs.

Athena charges for each query by the bytes that it reads from S3, as they are stored, rounded up to
a megabyte, 10 of them at least; statements that make tables are free.
https://aws.amazon.com/athena/pricing/
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from offcall.accesslogs.sources.naming import LATE, MARGIN
from offcall.core.render.humane import bytes_text, date_text, money_text
from offcall.core.text import plural

if TYPE_CHECKING:
    from offcall.accesslogs.questions.filters import Filter
    from offcall.accesslogs.sources.bucket import Remote

__all__ = ["Days", "Scan", "billed", "price"]

_MB = 1 << 20
_TB = 1 << 40
LEAST = 10 * _MB
"""What is charged of a query that scans less."""

_DOLLARS_A_TB = Decimal("5.00")
"""In most regions; a few charge more."""
_LOOKED_UP = date(2026, 11, 25)


@dataclass(frozen=True, slots=True)
class Days:
    """The folders of days that may have lines of a time; None is open on that side."""

    first: date | None
    last: date | None

    @classmethod
    def of(cls, chosen: Filter) -> Days:
        """Those of a filter: a file stands in the folder of the day on which it was delivered."""
        first = chosen.since and (chosen.since - MARGIN).date()
        last = chosen.until and (chosen.until + LATE).date()
        return cls(first, last)

    def sql(self) -> str | None:
        """As a condition on the column `day`."""
        bounds = [
            f"day {sign} '{day:%Y/%m/%d}'"
            for sign, day in ((">=", self.first), ("<=", self.last))
            if day is not None
        ]
        return " AND ".join(bounds) or None

    def has(self, key: str) -> bool:
        """Whether an object, by its key below the region's folder, stands in one of them."""
        found = re.match(r"(\d{4}/\d\d/\d\d)/", key)
        if found is None:
            return False
        return (self.first is None or found[1] >= f"{self.first:%Y/%m/%d}") and (
            self.last is None or found[1] <= f"{self.last:%Y/%m/%d}"
        )

    def around(self) -> tuple[datetime | None, datetime | None]:
        """Times between which files of these days certainly lie, for a listing."""
        before, after = timedelta(days=-2), timedelta(days=2)
        return _midnight(self.first, before), _midnight(self.last, after)


def _midnight(day: date | None, more: timedelta) -> datetime | None:
    return None if day is None else datetime.combine(day + more, time(), UTC)


class Scan(BaseModel):
    """What queries scan, and what that costs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    queries: int
    objects: int
    size_bytes: int = Field(description="As they are stored.")
    billed_bytes: int = Field(description="Rounded up, and at least 10 MB a query.")
    cost: Decimal
    currency: str = "USD"
    price_date: date = Field(description="When the price was looked up.")

    def words(self) -> str:
        """In one sentence."""
        whose = f"{_DOLLARS_A_TB} USD a TB and at least 10 MB a query"
        return (
            f"{plural(self.queries, 'query', 'queries')} of Athena over "
            f"{plural(self.objects, 'object')}, {bytes_text(self.size_bytes)}: about "
            f"{money_text(self.cost, self.currency)} ({whose}, the price of most regions on "
            f"{date_text(self.price_date)}; requests to S3 are on top of it)"
        )


def billed(size: int) -> int:
    """The bytes that are charged of a query that scans so many."""
    return max(-(-size // _MB) * _MB, LEAST)


def price(queries: Iterable[Iterable[Remote]]) -> Scan:
    """What queries cost, by the objects that each scans."""
    sizes = [[one.size for one in query] for query in queries]
    charged = sum(billed(sum(one)) for one in sizes)
    return Scan(
        queries=len(sizes),
        objects=sum(map(len, sizes)),
        size_bytes=sum(map(sum, sizes)),
        billed_bytes=charged,
        cost=charged * _DOLLARS_A_TB / _TB,
        price_date=_LOOKED_UP,
    )
