"""RDS and Aurora, MySQL and PostgreSQL.

A minor version past its end is upgraded in the maintenance window, whatever
AutoMinorVersionUpgrade says. A major version past standard support is billed (extended support,
the default) or upgraded, by EngineLifecycleSupport; after extended support it is upgraded.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support-charges.html
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/extended-support.html
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/extended-support-overview.html
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from offcall.lifecycle.engines import engine_of
from offcall.lifecycle.prices import rds_cost
from offcall.lifecycle.regimes.model import IF_ANY, Act, Dates, Step
from offcall.lifecycle.snapshot import Running

__all__ = ["charged_from", "mariadb", "rds", "serverless_v1", "third_year"]

EXTENDED = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support.html"
CHARGES = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support-charges.html"
# "... all instances still running the deprecated minor version will be scheduled for automatic
# upgrade ... during their scheduled maintenance windows."
MINORS = "https://aws.amazon.com/rds/faqs/"

# "All Aurora Serverless v1 clusters that are not migrated by March 31, 2025 will be migrated to
# Aurora Serverless v2 during the maintenance window. If the upgrade fails, Amazon Aurora converts
# the Serverless v1 cluster to a provisioned cluster"; extended support "isn't available on Aurora
# Serverless v1" (extended-support-versions.html).
SERVERLESS_V1 = (
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless.relnotes.html"
)
SERVERLESS_V1_END = date(2025, 3, 31)

# Charges that began later than the day after the end of standard support (the pages above).
LATE_CHARGES = {
    ("postgres", "11"): date(2024, 4, 1),
    ("aurora-postgresql", "11"): date(2024, 4, 1),
    # "Starting December 1, 2024, Amazon Aurora automatically charges you" (Aurora's page).
    ("aurora-mysql", "5.7"): date(2024, 12, 1),
}


def charged_from(engine: str, dates: Dates) -> date | None:
    """The first day on which extended support is charged.

    AWS's own start of extended support holds, unless the charges began later than that.
    """
    late = LATE_CHARGES.get((engine_of(engine).name, dates.cycle))
    begun = dates.extended_start.on if dates.extended_start else None
    if late is not None or begun is not None:
        return max(filter(None, (late, begun)))
    return dates.standard_end.after if dates.standard_end else None


def third_year(engine: str, start: date) -> date | None:
    """The first day of the doubled price; Aurora MySQL has none."""
    if engine_of(engine).name == "aurora-mysql":
        return None
    # Charges begin on the first of a month in practice; 29 February has no second birthday.
    day = 28 if (start.month, start.day) == (2, 29) else start.day
    return date(start.year + 2, start.month, day)


def serverless_v1(item: Running) -> bool:
    """Whether it is an Aurora Serverless v1 cluster, which EngineMode "serverless" means."""
    return (item.engine_mode or "").lower() == "serverless"


def rds(item: Running, dates: Dates) -> Iterator[Step]:
    """The steps for RDS and Aurora, MySQL and PostgreSQL."""
    if serverless_v1(item):
        yield Step(
            act=Act.UPGRADE,
            on=SERVERLESS_V1_END + timedelta(days=1),
            text=f"Aurora Serverless v1 ended on {SERVERLESS_V1_END} and has no extended support: "
            "AWS migrates it to Serverless v2 in a maintenance window, or, if that fails, to a "
            "provisioned cluster, which is then enrolled in extended support",
            source=SERVERLESS_V1,
        )
        return
    yield from minor(item, dates)
    end = dates.standard_end
    if end is None:
        return
    if item.extended_support is False:
        yield Step(
            act=Act.UPGRADE,
            on=end.after,
            text="AWS upgrades it to the next major version: extended support is off "
            "(EngineLifecycleSupport is open-source-rds-extended-support-disabled)",
            source=EXTENDED,
        )
        return
    start = charged_from(item.engine, dates)
    default = "" if item.extended_support else " (the default; the setting was not read)"
    last = f", and moves to the last minor, {dates.latest}" if _behind(item, dates) else ""
    if dates.extended_end is None:
        if start is not None:
            yield Step(
                act=Act.BILL,
                on=start,
                text=f"stays on {dates.cycle}{default}, and AWS charges for it{IF_ANY}",
                cost=rds_cost(item, 1),
                source=CHARGES,
            )
        return
    if start is not None and dates.extended_end.on is not None:
        yield Step(
            act=Act.BILL,
            on=start,
            text=f"stays on {dates.cycle} in extended support{default}{last}; AWS charges for it",
            cost=rds_cost(item, 1),
            source=CHARGES,
        )
        third = third_year(item.engine, start)
        if third is not None and third <= dates.extended_end.on:
            yield Step(
                act=Act.BILL,
                on=third,
                text="the price of extended support doubles (year 3)",
                cost=rds_cost(item, 3),
                source=CHARGES,
            )
    yield Step(
        act=Act.UPGRADE,
        on=dates.extended_end.after,
        text="extended support is over: AWS upgrades it to a supported major version",
        source=EXTENDED,
    )


def mariadb(item: Running, dates: Dates) -> Iterator[Step]:
    """MariaDB has no extended support: a major version past its end is upgraded.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MariaDB.Concepts.VersionMgmt.html
    """
    yield from minor(item, dates)
    if dates.standard_end is not None:
        yield Step(
            act=Act.UPGRADE,
            on=dates.standard_end.after,
            text="AWS upgrades it to the next major version in a maintenance window; "
            "RDS for MariaDB has no extended support to buy time",
            source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/"
            "MariaDB.Concepts.VersionMgmt.html",
        )


def minor(item: Running, dates: Dates) -> Iterator[Step]:
    """The end of the minor version, unless it is the end of the major version as well."""
    window = item.maintenance_window or "the maintenance window"
    whatever = {
        True: "AutoMinorVersionUpgrade is on, so it may come earlier",
        False: "although AutoMinorVersionUpgrade is off",
        None: "whatever AutoMinorVersionUpgrade says",
    }[item.auto_minor_version_upgrade]
    end = dates.minor_end
    deprecated = (item.version_status or "").lower() == "deprecated"
    if end is None and not deprecated:
        return
    major = dates.standard_end
    if end is not None and end.on and major and major.on and end.on >= major.on and not deprecated:
        return
    at_most = f" (at the latest: {dates.minor_bound} ended then)" if dates.minor_bound else ""
    yield Step(
        act=Act.MINOR,
        on=end.after if end else None,
        text=f"AWS upgrades the minor version {item.version} in {window}, {whatever}{at_most}",
        source=MINORS,
    )


def _behind(item: Running, dates: Dates) -> bool:
    from offcall.lifecycle.values import numbers

    return bool(dates.latest) and numbers(item.version)[:3] < numbers(dates.latest or "")
