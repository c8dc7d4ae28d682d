"""The inventory to judge: files, AWS, or both, with the dataset's facts beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from offcall.core.snapshots import Unread
from offcall.lifecycle.dataset import Dataset, bundled, installed
from offcall.lifecycle.engines import products_of
from offcall.lifecycle.estate import Account, Section
from offcall.lifecycle.merging import merge
from offcall.lifecycle.reading.file import read_file
from offcall.lifecycle.snapshot import Inventory, LiveSupport, Running

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = ["acquire", "configured", "dataset_of", "read_inventory"]


def dataset_of(ctx: Context) -> Dataset:
    """The dataset to judge by; the demo's answers depend on nothing that a user installed."""
    return bundled() if ctx.demo else installed()


def configured(ctx: Context) -> bool:
    """Whether the estate says what to read."""
    section = ctx.estate.section("lifecycle", Section)
    return bool(section.inventory) or section.reads_aws


def acquire(ctx: Context, files: Sequence[Path] | None = None) -> Inventory:
    """The snapshot of this run: from `--from`, from files, or read as the estate says.

    Raises:
        OffcallError: a file that cannot be used; AWS's own troubles end up in `unread`.
    """
    return ctx.snapshot(Inventory, lambda: read_inventory(ctx, files))


def read_inventory(ctx: Context, files: Sequence[Path] | None = None) -> Inventory:
    """Read now. Files given replace everything else; with nothing configured, AWS is asked."""
    section = ctx.estate.section("lifecycle", Section)
    named = [(path, str(path)) for path in files or ()] or [
        (ctx.estate.folder / name, name) for name in section.inventory
    ]
    written: list[Running] = []
    running: tuple[Running, ...] = ()
    live: list[LiveSupport] = []
    unread: list[Unread] = []
    sources: list[str] = []
    taken = ctx.now
    for path, shown in named:
        read = read_file(path, shown=shown)
        written += read.resources
        live += read.live
        taken = min(taken, read.taken_at or taken)
        sources.append(shown)
    if not files and (section.reads_aws or not named):
        from offcall.lifecycle.reading.aws import read_aws

        found = read_aws(
            accounts=section.accounts or (Account(),),
            regions=section.regions,
            services=section.services,
            now=ctx.now,
            progress=ctx.progress,
        )
        running = found.resources
        live += found.live
        unread += found.unread
        sources.append(found.source)
    resources, contradictions = merge(written, running)
    return Inventory(
        taken_at=taken,
        source=", ".join(dict.fromkeys(sources)),
        unread=(*unread, *contradictions),
        resources=resources,
        live=tuple(live),
        products=dataset_of(ctx).some(
            name for engine in {one.engine for one in resources} for name in products_of(engine)
        ),
    )
