"""Replacing the carried dataset in the user's data folder, and going back to it."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from offcall.core.errors import UserError
from offcall.lifecycle.dataset import Dataset, bundled, pack, user_file
from offcall.lifecycle.differing import Change, diff, doubts, removals
from offcall.lifecycle.facts import DatasetChange, Updated
from offcall.lifecycle.importing import read_products
from offcall.lifecycle.products import Product, Provenance

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = ["reset", "update_from"]

SHOWN = 8
"""How many of many things an error names."""


def update_from(
    ctx: Context,
    source: Path,
    *,
    write: bool,
    allow_removals: bool = False,
    allow_doubts: bool = False,
    by: str | None = None,
) -> Updated:
    """Read and validate `source` whole, compare, and write if told to.

    Raises:
        UserError: something in it does not fit, it takes away or contradicts more than was
            allowed, or the data folder cannot be written.
    """
    today = ctx.now.date()
    imported = read_products(source, today)
    own = user_file()
    before, broken = _before(own)
    fresh = [_with_aliases(before.get(one.name), one) for one in imported.products]
    changes = diff(before, fresh)
    odd = doubts(before, fresh, today)
    merged = {one.name: one for one in (*before.all(), *fresh)}
    written: Path | None = None
    if write:
        _refuse_demo(ctx)
        if not allow_removals:
            _refuse_losses(removals(changes), source)
        if odd and not allow_doubts:
            raise UserError(
                f"this is to be doubted, and nothing is written: {_some(odd)}",
                file=str(source),
                hint="look at it without --yes; --allow-doubts takes it all the same",
            )
        body = pack(merged.values(), _usual(merged.values()))
        detail = {"from": str(source), "products": len(fresh), "changes": len(changes)}
        _audited(ctx, by, "update support dates", own, detail, lambda: _replace(own, body))
        written = own
    return Updated(
        source=str(source),
        provenance=imported.provenance,
        products=len(fresh),
        changes=_shown(changes),
        removals=tuple(one.text for one in removals(changes)),
        doubts=tuple(odd),
        replaced_broken=broken,
        written=written,
    )


def reset(
    ctx: Context, *, write: bool, allow_removals: bool = False, by: str | None = None
) -> Updated:
    """Go back to the dataset that came with this version of offcall, if told to.

    Products that only the own copy has go away, and need `allow_removals`.

    Raises:
        UserError: as `update_from`.
    """
    own = user_file()
    carried = bundled()
    before, broken = _before(own)
    changes = diff(before, carried.all(), whole=True)
    written: Path | None = None
    if write and own.is_file():
        _refuse_demo(ctx)
        if not allow_removals:
            _refuse_losses(removals(changes), own)
        detail = {"products": len(carried.names()), "changes": len(changes)}
        _audited(ctx, by, "reset support dates", own, detail, lambda: _remove(own))
        written = own
    return Updated(
        source="the dataset that came with offcall",
        provenance=carried.provenance,
        products=len(carried.names()),
        changes=_shown(changes),
        removals=tuple(one.text for one in removals(changes)),
        replaced_broken=broken,
        reset=True,
        written=written,
    )


def _before(own: Path) -> tuple[Dataset, bool]:
    """What is in use now; a copy that got broken is no reason not to replace it."""
    if own.is_file():
        try:
            dataset = Dataset.load(own)
            dataset.all()
        except UserError:
            return bundled(), True
        return dataset, False
    return bundled(), False


def _with_aliases(old: Product | None, new: Product) -> Product:
    """The new product with the other names of its cycles, which the API does not give."""
    if old is None:
        return new
    known = {one.cycle: one.alias for one in old.releases if one.alias}
    return new.model_copy(
        update={
            "releases": tuple(
                one
                if one.alias or one.cycle not in known
                else one.model_copy(update={"alias": known[one.cycle]})
                for one in new.releases
            )
        }
    )


def _usual(products: Iterable[Product]) -> Provenance:
    """Where most products are from: the head of the file; the others carry their own."""
    return Counter(one.provenance for one in products).most_common(1)[0][0]


def _refuse_demo(ctx: Context) -> None:
    if ctx.demo:
        raise UserError("the demo changes nothing", hint="leave out --demo, or --yes")


def _refuse_losses(lost: Sequence[Change], source: Path) -> None:
    if lost:
        raise UserError(
            "this takes away from what is judged, and nothing is written: "
            + _some([one.text for one in lost]),
            file=str(source),
            hint="look at it without --yes; --allow-removals takes it all the same",
        )


def _some(texts: Sequence[str]) -> str:
    more = f", and {len(texts) - SHOWN} more" if len(texts) > SHOWN else ""
    return "; ".join(texts[:SHOWN]) + more


def _shown(changes: Iterable[Change]) -> list[DatasetChange]:
    return [DatasetChange.model_validate(asdict(one)) for one in changes]


def _audited(
    ctx: Context,
    by: str | None,
    action: str,
    file: Path,
    detail: Mapping[str, object],
    change: Callable[[], None],
) -> None:
    """Do it and note it in the audit: both or neither."""
    from offcall.history import open_history
    from offcall.history.audit import record

    who = ctx.person(by)
    with open_history(ctx).write() as connection:
        record(connection, who, action, str(file), detail, ctx.now)
        change()


def _replace(file: Path, body: str) -> None:
    """Whole or not at all."""
    temporary = file.with_name(file.name + ".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(body, encoding="utf-8")
        temporary.replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise UserError(f"cannot write the dataset: {error.strerror}", file=str(file)) from error


def _remove(file: Path) -> None:
    try:
        file.unlink()
    except OSError as error:
        raise UserError(f"cannot remove the dataset: {error.strerror}", file=str(file)) from error
