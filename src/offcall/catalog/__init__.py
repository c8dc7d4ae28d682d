"""Owners and runbooks: who owns a resource, which runbook applies, and which rule says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from offcall.catalog.book import Catalog
    from offcall.core.context import Context

__all__ = ["open_catalog"]


def open_catalog(ctx: Context) -> Catalog:
    """The catalog that the estate describes: read once a run, shared by all who ask.

    An estate with no `catalog:` section gives a catalog that knows only the owner tags.

    Raises:
        EstateError: the section does not fit. A catalog file that cannot be read is no error: it
            is in `Catalog.problems`, and the others are used.
    """
    import contextlib

    from offcall.catalog.book import Catalog

    def opened() -> Catalog:
        from offcall.catalog.resources import noted

        catalog = Catalog.of(ctx.estate)
        catalog.remembered = lambda: noted(ctx)
        catalog.doubt = ctx.progress.note
        return catalog

    return ctx.keep("catalog", lambda: contextlib.nullcontext(opened()))
