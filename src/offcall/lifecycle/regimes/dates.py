"""Which days hold for a resource: live sources first, then the carried dataset; both are kept."""

from __future__ import annotations

from datetime import date, timedelta
from shlex import quote

from offcall.lifecycle.columns import MEANINGS, USUAL, Periods, periods
from offcall.lifecycle.dataset import match
from offcall.lifecycle.engines import engine_of
from offcall.lifecycle.products import End, Product, Release
from offcall.lifecycle.regimes.model import Dates, Day, Disagreement
from offcall.lifecycle.snapshot import Inventory, LiveSupport, Running
from offcall.lifecycle.values import numbers, plain_version

__all__ = ["dates_of", "major_of", "product_of"]

# Patch versions that end on a day of their own, where the dataset has one for the minor version.
# https://docs.aws.amazon.com/msk/latest/developerguide/supported-kafka-versions.html
KAFKA = "docs.aws.amazon.com/msk supported-kafka-versions"
EXACT = {
    ("amazon-msk", "2.8.0"): date(2024, 9, 11),
    ("amazon-msk", "2.8.1"): date(2024, 9, 11),
    ("amazon-msk", "2.8.2-tiered"): date(2025, 1, 14),
}

# Minor versions that AWS's list of releases calls deprecated; 3.04 is one with long-term support.
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraMySQLReleaseNotes/AuroraMySQL.Updates.30Updates.html
AURORA = "docs.aws.amazon.com AuroraMySQL.Updates.30Updates"
AURORA_READ = date(2026, 1, 2)
DEPRECATED = {(3, 1), (3, 2), (3, 3), (3, 5), (3, 6), (3, 7)}

# Whose `latest` is the version of another product that it is compatible with, none of its own.
COMPATIBLE = {"amazon-aurora-mysql", "amazon-msk"}


def product_of(item: Running, inventory: Inventory) -> Product | None:
    """The dataset's product for an engine, if the inventory carries it."""
    name = engine_of(item.engine).product
    return next((one for one in inventory.products if one.name == name), None)


def dates_of(item: Running, inventory: Inventory) -> Dates | None:
    """The days for what runs; None when no source knows the version."""
    product = product_of(item, inventory)
    release = match(product, item.version) if product else None
    live = _live(item, inventory)
    if release is None and live is None:
        return None
    found = periods(product, release) if product and release else None
    carried = {
        "standard_end": _exact(product, item.version)
        or _carried(product, found.standard if found else None),
        "extended_end": _carried(product, found.extended if found else None),
    }
    said = {
        "standard_end": _said(live, live.standard_end if live else None),
        "extended_end": _said(live, live.extended_end if live else None),
    }
    minor, bound = _minor(item, product, release, found)
    return Dates(
        cycle=major_of(item, product, release, live),
        product=product.name if product else None,
        minor_end=minor,
        minor_bound=bound,
        minor_unknown=_not_told(item, minor),
        standard_end=said["standard_end"] or carried["standard_end"],
        extended_start=_said(live, live.extended_start if live else None),
        extended_end=said["extended_end"] or carried["extended_end"],
        blocked=_carried(product, found.blocked if found else None),
        latest=_latest(product, release),
        policy=product.policy if product else None,
        disagreements=tuple(_disagreements(said, carried)),
    )


def major_of(
    item: Running,
    product: Product | None,
    release: Release | None,
    live: LiveSupport | None = None,
) -> str:
    """The cycle that support is counted in: of RDS for MySQL 8.0.41 it is 8.0."""
    if product and release and MEANINGS.get(product.name, USUAL).minor:
        return ".".join(release.cycle.split(".")[:2])
    if release:
        return release.cycle
    return live.version if live else item.version


def _live(item: Running, inventory: Inventory) -> LiveSupport | None:
    """The most exact live answer for this engine and version."""
    engine = engine_of(item.engine).name
    parts = numbers(plain_version(item.version))
    fits = [
        one
        for one in inventory.live
        if engine_of(one.engine).name == engine
        and parts[: len(numbers(one.version))] == numbers(one.version) != ()
    ]
    return max(fits, key=lambda one: len(numbers(one.version)), default=None)


def _carried(product: Product | None, end: End) -> Day | None:
    if product is None or end is None or end is False:
        return None
    origin = product.provenance
    return Day(
        on=None if end is True else end,
        source=f"endoflife.date/{product.name}"
        if "endoflife" in origin.source
        else f"dataset {origin.source}",
        as_of=origin.date,
    )


def _exact(product: Product | None, version: str) -> Day | None:
    end = EXACT.get((product.name, version.lower())) if product else None
    if product is None or end is None:
        return None
    return Day(on=end, source=KAFKA, as_of=product.provenance.date)


def _said(live: LiveSupport | None, end: date | None) -> Day | None:
    if live is None or end is None:
        return None
    return Day(on=end, source=live.source, as_of=live.read_at.date(), live=True)


def _minor(
    item: Running, product: Product | None, release: Release | None, found: Periods | None
) -> tuple[Day | None, str | None]:
    """The end of the minor version itself, and, if it is only a bound, from which one it is.

    A minor that the dataset no longer lists is older than the oldest listed one of its major, and
    ends no later than that.
    """
    if product is None or release is None or found is None:
        return None, None
    if product.name == "amazon-aurora-mysql":
        own = numbers(item.version.lower().rpartition("aurora.")[2])[:2]
        over = Day(on=None, source=AURORA, as_of=AURORA_READ)
        return (over if own in DEPRECATED else None), None
    if not MEANINGS.get(product.name, USUAL).minor:
        return None, None
    running = numbers(plain_version(item.version))
    if numbers(release.cycle) == running and len(running) > 2:
        return _carried(product, found.active), None
    major = numbers(release.cycle)
    listed = sorted(
        (one for one in product.releases if len(numbers(one.cycle)) > len(major)),
        key=lambda one: numbers(one.cycle),
    )
    oldest = next((one for one in listed if numbers(one.cycle)[: len(major)] == major), None)
    if oldest is None or len(running) <= len(major) or running >= numbers(oldest.cycle):
        return None, None
    return _carried(product, periods(product, oldest).active), oldest.cycle


def _not_told(item: Running, minor: Day | None) -> str | None:
    """What to say where minor versions end, AWS enforces it, and no source here has the day.

    The dataset has minor versions of RDS for MySQL alone. AWS's own status of the version, when it
    was read, tells whether the end has come, not when it will.
    """
    engine = engine_of(item.engine)
    if engine.regime not in ("rds", "mariadb") or minor is not None:
        return None
    if item.version_status:
        return f"not known here; AWS calls it {item.version_status}"
    return (
        "not known here; ask AWS: aws rds describe-db-engine-versions --engine "
        f"{quote(engine.name)} --engine-version {quote(item.version)} --include-all"
    )


def _latest(product: Product | None, release: Release | None) -> str | None:
    """The newest minor of the same major."""
    if product is None or release is None or product.name in COMPATIBLE:
        return None
    if MEANINGS.get(product.name, USUAL).minor:
        major = numbers(release.cycle)[:2]
        same = [one.cycle for one in product.releases if numbers(one.cycle)[:2] == major]
        lasts = [one.latest for one in product.releases if numbers(one.cycle)[:2] == major]
        return max((*same, *filter(None, lasts)), key=numbers)
    return release.latest


def _disagreements(
    said: dict[str, Day | None], carried: dict[str, Day | None]
) -> list[Disagreement]:
    words = {"standard_end": "end of standard support", "extended_end": "end of extended support"}
    found = []
    for key, what in words.items():
        live, ours = said[key], carried[key]
        # A day of difference is how a last moment (23:59:59Z) and a first moment (00:00Z) differ.
        if live and ours and live.on and ours.on and abs(live.on - ours.on) > timedelta(days=1):
            found.append(Disagreement(what=what, live=live, carried=ours))
    return found
