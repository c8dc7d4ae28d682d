"""The lifecycle tools: list, show, timeline, check, products, product, update."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from offcall.core.errors import UserError
from offcall.core.parameters import Account, Owner, Region
from offcall.core.registry import By, Effect, Param, tool
from offcall.lifecycle.facts import ProductFacts, ProductList, Updated
from offcall.lifecycle.results import Checked, Described, VersionList
from offcall.lifecycle.timeline import SupportTimeline

if TYPE_CHECKING:
    from offcall.core.context import Context

Files = Annotated[
    list[Path] | None,
    Param("judge this inventory file (CSV, YAML) instead of the estate's", metavar="FILE"),
]
Kind = Annotated[str | None, Param("only this kind, such as 'rds instance'", metavar="KIND")]
Engine = Annotated[str | None, Param("only this engine, such as postgres", metavar="ENGINE")]


@tool("lifecycle list", snapshot=True)
def list_versions(
    ctx: Context,
    within: Annotated[
        str | None,
        Param(
            "only what loses support or is changed by AWS in this time: 180d, 'Q1 2027'",
            metavar="TIME",
        ),
    ] = None,
    kind: Kind = None,
    engine: Engine = None,
    region: Region | None = None,
    account: Account | None = None,
    owner: Owner | None = None,
    inventory: Files = None,
) -> VersionList:
    """Which versions run, until when they are supported, and what AWS does then.

    The most urgent stand first. The price is that of extended support for this very resource.
    """
    from offcall.lifecycle.listing import list_of, selection

    chosen = selection(kind=kind, engine=engine, region=region, account=account)
    return list_of(ctx, inventory, chosen, within=within, owner=owner)


@tool("lifecycle show", snapshot=True)
def show_version(
    ctx: Context,
    resource: Annotated[str, Param("name, ARN, or the end of one", positional=True)],
    inventory: Files = None,
) -> Described:
    """Everything about one resource: dates with their sources, steps, prices, commands."""
    from offcall.lifecycle.listing import describe

    return describe(ctx, inventory, resource)


@tool("lifecycle timeline", snapshot=True)
def timeline(
    ctx: Context,
    window: Annotated[
        str | None, Param("the time to draw; three months back and two years ahead by default")
    ] = None,
    kind: Kind = None,
    engine: Engine = None,
    region: Region | None = None,
    account: Account | None = None,
    inventory: Files = None,
) -> SupportTimeline:
    """A picture of when support ends: text in a terminal, SVG with --output html."""
    from offcall.lifecycle.listing import selection, timeline_of

    chosen = selection(kind=kind, engine=engine, region=region, account=account)
    return timeline_of(ctx, inventory, chosen, window=window)


@tool("lifecycle check", snapshot=True)
def check_versions(
    ctx: Context,
    kind: Kind = None,
    engine: Engine = None,
    region: Region | None = None,
    account: Account | None = None,
    inventory: Files = None,
) -> Checked:
    """Findings on versions: ends of support, forced upgrades, bills, certificates, maintenance."""
    from offcall.lifecycle.listing import check_of, selection

    chosen = selection(kind=kind, engine=engine, region=region, account=account)
    return check_of(ctx, inventory, chosen)


@tool("lifecycle products")
def products(
    ctx: Context,
    match: Annotated[str, Param("part of a name or title", positional=True)] = "",
) -> ProductList:
    """The products whose support dates are known without asking AWS."""
    from offcall.lifecycle.acquire import dataset_of
    from offcall.lifecycle.facts import ProductLine

    dataset = dataset_of(ctx)
    lines = []
    for name in dataset.names():
        title = dataset.title(name)
        if match.lower() in name.lower() or match.lower() in title.lower():
            found = dataset.get(name)
            count = len(found.releases) if found else 0
            lines.append(
                ProductLine(
                    name=name,
                    title=title,
                    category=dataset.category(name),
                    releases=count,
                    provenance=found.provenance if found else None,
                )
            )
    return ProductList(file=dataset.file, provenance=dataset.provenance, products=lines)


@tool("lifecycle product")
def product(
    ctx: Context,
    name: Annotated[str, Param("a product's name, or AWS's word for the engine", positional=True)],
) -> ProductFacts:
    """What the dataset says about one product, release by release."""
    from offcall.core.text import did_you_mean
    from offcall.lifecycle.acquire import dataset_of
    from offcall.lifecycle.engines import engine_of

    dataset = dataset_of(ctx)
    found = dataset.get(name) or dataset.get(engine_of(name.lower()).product or "")
    if found is None:
        raise UserError(
            "the dataset has no such product",
            value=name,
            expected="a name that 'offcall lifecycle products' lists",
            hint=did_you_mean(name, dataset.names()),
        )
    return ProductFacts(now=ctx.now, product=found)


@tool(
    "lifecycle update",
    effect=Effect.RECORD,
    confirm="yes",
    changes="the support dates that every later run on this machine judges by, and the audit",
)
def update(
    ctx: Context,
    from_: Annotated[
        Path | None,
        Param(
            "a file or folder: endoflife.date's API v1, its data, or our own; 32 MiB at most",
            metavar="PATH",
        ),
    ] = None,
    reset: Annotated[
        bool, Param("go back to the support dates that came with this version of offcall")
    ] = False,
    yes: Annotated[bool, Param("write it; without this the changes are only shown")] = False,
    allow_removals: Annotated[
        bool, Param("also when products, releases or dates are no longer there")
    ] = False,
    allow_doubts: Annotated[
        bool, Param("also when it is older than what is in use, or ends before it begins")
    ] = False,
    by: By = None,
) -> Updated:
    """Replace support dates by newer ones, after a look at what changes.

    The whole input is validated first. Products that it does not have stay as they are.
    """
    from offcall.lifecycle import updating

    if (from_ is None) != reset:
        raise UserError(
            "say where the dates come from, or to go back to those that came with offcall",
            expected="--from PATH | --reset",
        )
    if from_ is None:
        return updating.reset(ctx, write=yes, allow_removals=allow_removals, by=by)
    return updating.update_from(
        ctx, from_, write=yes, allow_removals=allow_removals, allow_doubts=allow_doubts, by=by
    )
