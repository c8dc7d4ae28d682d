"""Replacing the carried dataset in the user's data folder."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from offcall.core.errors import UserError
from offcall.lifecycle.dataset import Dataset, bundled, pack, user_file
from offcall.lifecycle.facts import DatasetChange, Updated
from offcall.lifecycle.importing import diff, read_products

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = ["update_from"]


def update_from(ctx: Context, source: Path, *, write: bool) -> Updated:
    """Read and validate `source` whole, compare, and write if told to.

    Raises:
        UserError: something in it does not fit, or the data folder cannot be written.
    """
    imported = read_products(source, ctx.now.date())
    own = user_file()
    before = _before(own)
    changes = diff(before, imported.products)
    written: Path | None = None
    if write:
        merged = {one.name: one for one in (*before.all(), *imported.products)}
        _replace(own, pack(merged.values(), imported.provenance))
        written = own
    return Updated(
        source=str(source),
        provenance=imported.provenance,
        products=len(imported.products),
        changes=[DatasetChange.model_validate(asdict(one)) for one in changes],
        written=written,
    )


def _before(own: Path) -> Dataset:
    """What is in use now; a copy that got broken is no reason not to replace it."""
    if own.is_file():
        try:
            dataset = Dataset.load(own)
            dataset.all()
        except UserError:
            return bundled()
        return dataset
    return bundled()


def _replace(file: Path, body: str) -> None:
    """Whole or not at all."""
    temporary = file.with_name(file.name + ".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(body, encoding="utf-8")
        temporary.replace(file)
    except OSError as error:
        raise UserError(f"cannot write the dataset: {error.strerror}", file=str(file)) from error
