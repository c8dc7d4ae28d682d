"""Results about the dataset itself: its products, one product, what an update changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from offcall.core.documents import (
    Block,
    Bullets,
    Cell,
    Column,
    Document,
    Facts,
    Heading,
    Line,
    Span,
    Table,
    Tone,
)
from offcall.core.results import Result
from offcall.core.text import plural
from offcall.lifecycle.columns import periods
from offcall.lifecycle.products import End, Product, Provenance

__all__ = ["DatasetChange", "ProductFacts", "ProductLine", "ProductList", "Updated"]


class ProductLine(BaseModel):
    """One product in the list."""

    model_config = ConfigDict(extra="forbid")

    name: str
    title: str
    category: str
    releases: int
    provenance: Provenance | None = None


class ProductList(Result):
    """The products that the dataset knows."""

    file: Path
    provenance: Provenance
    products: list[ProductLine]

    def document(self, zone: tzinfo) -> Document:
        return Document(
            title="Products with known support dates",
            subtitle=f"{plural(len(self.products), 'product')}; {self._origins()}",
            blocks=(
                Table(
                    columns=(
                        Column("Name"),
                        Column("Product"),
                        Column("Kind"),
                        Column("Releases", right=True),
                        Column("As of"),
                    ),
                    rows=tuple(
                        (
                            one.name,
                            one.title,
                            one.category,
                            str(one.releases),
                            str((one.provenance or self.provenance).date),
                        )
                        for one in self.products
                    ),
                ),
            ),
        )

    def _origins(self) -> str:
        """Where the products are from: of most of them first, and how many are of each."""
        found = Counter(one.provenance or self.provenance for one in self.products)
        if len(found) <= 1:
            return _origin(next(iter(found), self.provenance))
        said = [f"{count} {_origin(one)}" for one, count in found.most_common(3)]
        rest = len(self.products) - sum(count for _, count in found.most_common(3))
        return ", ".join([*said, f"{rest} from elsewhere"] if rest else said)


def _origin(provenance: Provenance) -> str:
    commit = f" at {provenance.commit[:8]}" if provenance.commit else ""
    return f"from {provenance.source}{commit}, {provenance.date}"


class ProductFacts(Result):
    """What the dataset says about one product."""

    now: datetime
    product: Product

    def document(self, zone: tzinfo) -> Document:
        today = self.now.astimezone(UTC).date()
        found = [(one, periods(self.product, one)) for one in self.product.releases]
        columns: list[tuple[str, list[Cell]]] = [
            ("Release", [one.cycle for one, _ in found]),
            ("Released", [str(one.released or "") for one, _ in found]),
        ]
        for title, name in (
            ("Minor or active until", "active"),
            ("Standard until", "standard"),
            ("Extended until", "extended"),
            ("Updates blocked", "blocked"),
        ):
            ends: list[End] = [getattr(times, name) for _, times in found]
            if any(end is not None for end in ends):
                columns.append((title, [_end(end, today) for end in ends]))
        columns.append(("Latest", [one.latest or "" for one, _ in found]))
        table = Table(
            columns=tuple(Column(title) for title, _ in columns),
            rows=tuple(zip(*(cells for _, cells in columns), strict=True)),
        )
        facts = [("source", _origin(self.product.provenance))]
        facts.append(("page", f"https://endoflife.date/{self.product.name}"))
        if self.product.policy:
            facts.append(("policy", self.product.policy))
        return Document(
            title=self.product.title,
            subtitle=self.product.name,
            blocks=(table, Facts(tuple(facts))),
        )


def _end(end: End, today: date) -> Cell:
    if end is None:
        return ""
    if end is True:
        return Span("over", Tone.BAD)
    if end is False:
        return Span("no date set", Tone.MUTED)
    tone = Tone.BAD if end < today else Tone.WARN if (end - today).days <= 180 else Tone.OK
    return Span(str(end), tone)


class DatasetChange(BaseModel):
    """One difference between two datasets."""

    model_config = ConfigDict(extra="forbid")

    product: str
    cycle: str | None
    column: str | None
    before: str | None
    after: str | None
    loses: bool = False


class Updated(Result):
    """What an update of the dataset changes, and whether it was written.

    `removals` and `doubts` are what `--yes` alone does not accept.
    """

    source: str
    provenance: Provenance
    products: int
    changes: list[DatasetChange]
    removals: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    replaced_broken: bool = False
    reset: bool = False
    written: Path | None

    def document(self, zone: tzinfo) -> Document:
        return Document(
            title="Back to the support dates that came with offcall"
            if self.reset
            else "Update of the support dates",
            subtitle=f"{plural(self.products, 'product')}, {_origin(self.provenance)}; "
            f"{plural(len(self.changes), 'change')}",
            blocks=tuple(self._blocks()),
        )

    def _blocks(self) -> Iterator[Block]:
        if self.replaced_broken:
            yield Line(
                "The copy in the data folder cannot be read; compared is what came with offcall.",
                Tone.WARN,
            )
        yield Table(
            columns=(
                Column("Product"),
                Column("Release"),
                Column("Column"),
                Column("Before"),
                Column("After"),
            ),
            rows=tuple(
                (
                    one.product,
                    one.cycle or "",
                    one.column or "",
                    one.before or "",
                    Span(one.after or "", Tone.BAD if one.loses else Tone.PLAIN),
                )
                for one in self.changes
            ),
            empty="no date changes",
        )
        if self.removals:
            yield Heading("No longer judged")
            yield Bullets(self.removals)
        if self.doubts:
            yield Heading("To be doubted")
            yield Bullets(self.doubts)
        yield self._outcome()

    def _outcome(self) -> Line:
        if self.written and self.reset:
            return Line(f"{self.written} is removed.", Tone.OK)
        if self.written:
            return Line(f"Written to {self.written}.", Tone.OK)
        if self.reset and not self.changes and not self.replaced_broken:
            return Line("The support dates that came with offcall are in use.", Tone.OK)
        flags = ["--yes"]
        flags += ["--allow-removals"] if self.removals else []
        flags += ["--allow-doubts"] if self.doubts else []
        what = "go back" if self.reset else "replace the dates"
        return Line(f"Nothing is written yet; add {' '.join(flags)} to {what}.", Tone.WARN)
