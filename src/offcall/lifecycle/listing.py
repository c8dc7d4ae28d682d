"""From an inventory to what the tools return: select, order, find, annotate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from offcall.core.checks import checks_of, run_checks
from offcall.core.errors import UserError, WindowError
from offcall.core.text import did_you_mean
from offcall.lifecycle.acquire import acquire
from offcall.lifecycle.engines import engine_of
from offcall.lifecycle.regimes import outlooks
from offcall.lifecycle.regimes.model import Outlook
from offcall.lifecycle.results import Checked, Described, Version, VersionList
from offcall.lifecycle.snapshot import Inventory, Running
from offcall.lifecycle.timeline import SupportTimeline, fates, usual_period

if TYPE_CHECKING:
    from offcall.catalog.book import Catalog
    from offcall.core.context import Context
    from offcall.core.findings import Finding
    from offcall.core.windows import Window

__all__ = ["Selection", "check_of", "describe", "list_of", "selection", "timeline_of"]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which resources are meant; None is all."""

    kind: str | None
    engine: str | None
    region: str | None
    account: str | None

    def takes(self, item: Running) -> bool:
        """Whether a resource is meant."""
        return (
            (self.kind is None or item.kind == self.kind)
            and (self.engine is None or engine_of(item.engine).name == self.engine)
            and self.region in (None, (item.region or "").lower())
            and self.account in (None, item.account)
        )

    def of(self, inventory: Inventory) -> Inventory:
        """The inventory with only the resources that are meant."""
        kept = tuple(item for item in inventory.resources if self.takes(item))
        return inventory.model_copy(update={"resources": kept})


def selection(
    *, kind: str | None, engine: str | None, region: str | None, account: str | None
) -> Selection:
    """What the options mean; kinds may be written with dashes, engines by product.

    Upper and lower case mean the same.
    """
    return Selection(
        " ".join(kind.lower().replace("-", " ").replace("_", " ").split()) if kind else None,
        engine_of(engine.lower()).name if engine else None,
        region.strip().lower() if region else None,
        account,
    )


def list_of(
    ctx: Context,
    files: Sequence[Path] | None,
    chosen: Selection,
    *,
    within: str | None,
    owner: str | None,
) -> VersionList:
    """The versions, the most urgent first."""
    whole = acquire(ctx, files)
    inventory = chosen.of(whole)
    catalog = _catalog(ctx)
    wanted = catalog.owner_filter([owner] if owner else ())
    today = ctx.now.astimezone(UTC).date()
    window = _window(ctx, within) if within else None
    versions = []
    for _, outlook in outlooks(inventory, ctx.now):
        if window is not None and not _touches(outlook, window, today):
            continue
        version = _version(catalog, outlook, today)
        if wanted(version.owner.name if version.owner else None):
            versions.append(version)
    versions.sort(key=lambda one: _urgency(one, today))
    shown = {one.outlook.resource.id for one in versions}
    return VersionList(
        now=ctx.now,
        source=inventory.source,
        taken_at=inventory.taken_at,
        total=len(whole.resources),
        versions=versions,
        findings=tuple(
            one
            for one in _judged(ctx, catalog, inventory)
            if one.resource is not None and one.resource.id in shown
        ),
        unread=inventory.unread,
    )


def describe(ctx: Context, files: Sequence[Path] | None, name: str) -> Described:
    """One resource.

    Raises:
        UserError: no resource has that name, or several have.
    """
    inventory = acquire(ctx, files)
    item = _find(inventory, name)
    alone = inventory.model_copy(update={"resources": (item,)})
    catalog = _catalog(ctx)
    [(_, outlook)] = outlooks(alone, ctx.now)
    return Described(
        now=ctx.now,
        version=_version(catalog, outlook, ctx.now.astimezone(UTC).date()),
        settings=dict(_settings(item)),
        certificate=item.certificate,
        pending=item.pending,
        findings=_judged(ctx, catalog, alone),
        unread=inventory.unread,
    )


def check_of(ctx: Context, files: Sequence[Path] | None, chosen: Selection) -> Checked:
    """The findings of every check, each with owner and runbook."""
    inventory = chosen.of(acquire(ctx, files))
    return Checked(
        now=ctx.now,
        source=inventory.source,
        resources=len(inventory.resources),
        findings=_judged(ctx, _catalog(ctx), inventory),
        unread=inventory.unread,
    )


def timeline_of(
    ctx: Context, files: Sequence[Path] | None, chosen: Selection, *, window: str | None
) -> SupportTimeline:
    """The picture of `window`."""
    inventory = chosen.of(acquire(ctx, files))
    start, end = usual_period(ctx.now)
    if window is not None:
        asked = _window(ctx, window)
        start, end = asked.start or start, asked.end or end
    found, without = fates(outlook for _, outlook in outlooks(inventory, ctx.now))
    return SupportTimeline(
        start=start,
        end=end,
        now=ctx.now,
        source=inventory.source,
        fates=found,
        left_out=without,
        findings=_judged(ctx, _catalog(ctx), inventory),
        unread=inventory.unread,
    )


def _judged(ctx: Context, catalog: Catalog, inventory: Inventory) -> tuple[Finding, ...]:
    """What every check finds, with owners and runbooks."""
    return catalog.annotate(run_checks(checks_of("lifecycle"), inventory, ctx.now))


def _catalog(ctx: Context) -> Catalog:
    from offcall.catalog import open_catalog

    return open_catalog(ctx)


def _version(catalog: Catalog, outlook: Outlook, today: date) -> Version:
    return Version(
        outlook=outlook,
        owner=catalog.owner_of(outlook.resource),
        next=outlook.next_step(today),
    )


def _window(ctx: Context, text: str) -> Window:
    """A window, or a bare length of time ("180d", "6 months"), which begins now."""
    try:
        ctx.length(text)
    except WindowError:
        return ctx.window(text)
    bare = text.strip()
    return ctx.window(bare if bare[0] in "pP" else f"next {bare}")


def _touches(outlook: Outlook, window: Window, today: date) -> bool:
    """Whether support ends or something is done in the window.

    A window that begins today is about the future, and what is past already belongs to it.
    """
    first = window.start.date() if window.start else date.min
    last = window.end.date() if window.end else date.max
    dates = outlook.dates
    ends = [dates.standard_end, dates.extended_end, dates.minor_end, dates.blocked] if dates else []
    days = [day.on or date.min for day in ends if day is not None]
    days += [step.on for step in outlook.steps if step.on is not None]
    if any(first <= day <= last for day in days):
        return True
    over = outlook.days_left is not None and outlook.days_left < 0
    return first <= today <= last and over


def _urgency(version: Version, today: date) -> tuple[int, date, str]:
    """What is judged first, by the nearest thing that AWS does or the end of support."""
    outlook = version.outlook
    if outlook.not_judged is not None:
        return (2, date.max, outlook.resource.label)
    near = [version.next.on or today] if version.next is not None else []
    end = outlook.dates.standard_end if outlook.dates else None
    if end is not None and (end.on or today) >= today:
        near.append(end.on or today)
    # A bill that runs already is as pressing as a date in half a year.
    if outlook.cost_now is not None:
        near.append(today + timedelta(days=180))
    return (0 if near else 1, min(near, default=date.max), outlook.resource.label)


def _find(inventory: Inventory, name: str) -> Running:
    wanted = name.lower()
    exact = [
        one
        for one in inventory.resources
        if wanted in (one.name.lower(), (one.arn or "").lower(), one.resource.id.lower())
    ]
    found = exact or [
        one for one in inventory.resources if one.resource.id.lower().endswith(wanted)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise UserError(
            f"{len(found)} resources are called so",
            value=name,
            expected="one of " + ", ".join(one.resource.id for one in found[:5]),
        )
    raise UserError(
        "no resource is called so",
        value=name,
        hint=did_you_mean(name, (one.name for one in inventory.resources)),
    )


def _settings(item: Running) -> list[tuple[str, str]]:
    pairs: list[tuple[str, object]] = [
        ("account", item.account),
        ("region", item.region),
        ("machines", ", ".join(f"{count} x {name}" for name, count in item.machines.items())),
        ("ACUs", _capacity(item)),
        ("engine mode", item.engine_mode),
        ("Multi-AZ", _flag(item.multi_az)),
        ("AutoMinorVersionUpgrade", _flag(item.auto_minor_version_upgrade)),
        ("extended support setting", _flag(item.extended_support)),
        ("maintenance window", item.maintenance_window),
        ("cluster", item.cluster),
        ("cluster version", item.cluster_version),
        ("can be upgraded to", ", ".join(one.version for one in item.upgrade_targets)),
    ]
    return [(name, str(value)) for name, value in pairs if value]


def _capacity(item: Running) -> str | None:
    if item.acu is None:
        return None
    return f"{item.acu} to {item.acu_max}" if item.acu_max is not None else f"at least {item.acu}"


def _flag(value: bool | None) -> str | None:
    return None if value is None else "on" if value else "off"
