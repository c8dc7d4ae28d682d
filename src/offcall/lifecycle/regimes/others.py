"""ElastiCache, OpenSearch, DocumentDB, MSK, Neptune, and software that AWS does not run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from offcall.lifecycle.prices import Cost, elasticache_cost, opensearch_cost
from offcall.lifecycle.regimes.model import IF_ANY, Act, Dates, Step
from offcall.lifecycle.snapshot import Running

__all__ = ["documentdb", "elasticache", "msk", "neptune", "opensearch", "plain"]

REDIS = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/extended-support-charges.html"
SEARCH = (
    "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/"
    "what-is.html#choosing-version"
)
DOCDB = "https://docs.aws.amazon.com/documentdb/latest/developerguide/extended-support.html"
DOCDB_CHARGES = "https://docs.aws.amazon.com/documentdb/latest/developerguide/support-charges.html"
DOCDB_DATES = (
    "https://docs.aws.amazon.com/documentdb/latest/developerguide/docdb-version-support-dates.html"
)
MSK = "https://docs.aws.amazon.com/msk/latest/developerguide/version-support.html"
NEPTUNE = "https://docs.aws.amazon.com/neptune/latest/userguide/engine-releases.html"

# "Amazon DocumentDB version 3.6 enters Extended Support on March 31, 2026, but charges do not start
# until July 1, 2026" (DOCDB_CHARGES).
DOCDB_CHARGED = {"3.6": date(2026, 7, 1)}


def _two_years_after(day: date) -> date:
    """The first day of the third year; 29 February has no second birthday."""
    return day.replace(year=day.year + 2, day=28 if (day.month, day.day) == (2, 29) else day.day)


def elasticache(item: Running, dates: Dates) -> Iterator[Step]:
    """Redis OSS: enrolled in extended support without being asked, upgraded after three years."""
    end = dates.standard_end
    if end is None:
        return
    start = end.after
    known = dates.extended_end is not None
    if start is not None:
        yield Step(
            act=Act.BILL,
            on=start,
            text=f"stays on Redis OSS {dates.cycle} in extended support: AWS adds 80 % of the "
            f"node price{'' if known else IF_ANY}",
            cost=elasticache_cost(item, 1),
            source=REDIS,
        )
    if start is not None and known:
        third = _two_years_after(start)
        yield Step(
            act=Act.BILL,
            on=third,
            text="extended support rises to 160 % of the node price (year 3)",
            cost=elasticache_cost(item, 3),
            source=REDIS,
        )
    if dates.extended_end is not None:
        yield Step(
            act=Act.UPGRADE,
            on=dates.extended_end.after,
            text="extended support is over: AWS upgrades it to a supported version",
            source=REDIS,
        )


def opensearch(item: Running, dates: Dates) -> Iterator[Step]:
    """OpenSearch and Elasticsearch domains: billed a normalised instance hour."""
    end = dates.standard_end
    if end is None:
        return
    unsure = "" if dates.extended_end is not None else IF_ANY
    if end.on is not None:
        yield Step(
            act=Act.BILL,
            on=end.after,
            text=f"stays on {dates.cycle} in extended support; AWS charges each normalised "
            f"instance hour (data, manager and warm nodes){unsure}",
            cost=opensearch_cost(item),
            source=SEARCH,
        )
    if dates.extended_end is None:
        return
    yield Step(
        act=Act.END,
        on=dates.extended_end.after,
        text="support is over: no more security fixes, and AWS may upgrade the domain",
        source=SEARCH,
    )


def documentdb(_item: Running, dates: Dates) -> Iterator[Step]:
    """DocumentDB: enrolled in extended support, upgraded after three years."""
    end = dates.standard_end
    if end is None:
        return
    cost = Cost(
        monthly_usd=None,
        basis="DocumentDB has a price for each class, region and year; see its pricing page",
        source="https://aws.amazon.com/documentdb/pricing/",
    )
    enrolled = end.after
    charged = DOCDB_CHARGED.get(dates.cycle, enrolled)
    since = f", enrolled on {enrolled}" if charged != enrolled else ""
    yield Step(
        act=Act.BILL,
        on=charged,
        text=f"stays on {dates.cycle} in extended support{since}; AWS charges for it"
        f"{'' if dates.extended_end else IF_ANY}",
        cost=cost,
        source=DOCDB_CHARGES,
    )
    if dates.extended_end is None:
        return
    if enrolled is not None:
        # The years are counted from the enrolment, not from the first charge: the table gives
        # 31 March 2026 for year 1 of version 3.6 and 31 March 2028 for year 3.
        yield Step(
            act=Act.BILL,
            on=_two_years_after(enrolled),
            text="the price of extended support rises (year 3)",
            cost=cost,
            source=DOCDB_DATES,
        )
    yield Step(
        act=Act.UPGRADE,
        on=dates.extended_end.after,
        text="extended support is over: AWS upgrades the engine version",
        source=DOCDB,
    )


def msk(_item: Running, dates: Dates) -> Iterator[Step]:
    """MSK: upgraded at any time after the end, without notice."""
    if dates.standard_end is not None:
        yield Step(
            act=Act.UPGRADE,
            on=dates.standard_end.after,
            text="AWS upgrades the cluster to the recommended Kafka version at any time from "
            "then on, without a further notice",
            source=MSK,
        )


def neptune(item: Running, dates: Dates) -> Iterator[Step]:
    """Neptune: an engine release past its end is upgraded in the maintenance window."""
    if dates.standard_end is not None:
        yield Step(
            act=Act.UPGRADE,
            on=dates.standard_end.after,
            text="AWS upgrades the cluster to a supported engine release in "
            f"{item.maintenance_window or 'a maintenance window'}",
            source=NEPTUNE,
        )


def plain(_item: Running, dates: Dates) -> Iterator[Step]:
    """Software whose end nobody enforces."""
    if dates.standard_end is None:
        return
    source = dates.policy or f"https://endoflife.date/{dates.product}"
    if dates.extended_end is not None:
        yield Step(
            act=Act.END,
            on=dates.standard_end.after,
            text="regular support is over; only paid or extended support goes on",
            source=source,
        )
    last = dates.extended_end or dates.standard_end
    yield Step(
        act=Act.END,
        on=last.after,
        text="support is over: no more security fixes; nothing happens by itself",
        source=source,
    )
