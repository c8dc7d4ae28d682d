"""What replacing support dates changes, takes away, and what is odd about the new ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from offcall.lifecycle.dataset import Dataset
from offcall.lifecycle.products import End, Product

__all__ = ["Change", "diff", "doubts", "removals"]

DATES = ("eoas", "eol", "eoes")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: a product, perhaps a cycle and a column, before and after (as text).

    `loses` says that something can be judged less than before: a product, a cycle or a date is
    no longer there.
    """

    product: str
    cycle: str | None
    column: str | None
    before: str | None
    after: str | None
    loses: bool = False

    @property
    def text(self) -> str:
        """ "amazon-eks 1.30"."""
        what = " ".join(part for part in (self.product, self.cycle) if part)
        return f"{what} {self.column} ({self.before})" if self.column else what


def diff(before: Dataset, after: Sequence[Product], *, whole: bool = False) -> list[Change]:
    """What replacing the products of `after` changes; `whole`: the others go away."""
    changes: list[Change] = []
    for product in after:
        old = before.get(product.name)
        if old is None:
            count = f"{len(product.releases)} releases"
            changes.append(Change(product.name, None, None, None, count))
        else:
            changes += _releases(old, product)
    if whole:
        kept = {one.name for one in after}
        changes += [
            Change(name, None, None, "there", "removed", loses=True)
            for name in before.names()
            if name not in kept
        ]
    return changes


def _releases(old: Product, new: Product) -> Iterator[Change]:
    ours = {one.cycle: one for one in old.releases}
    theirs = {one.cycle: one for one in new.releases}
    for cycle in theirs:
        if cycle not in ours:
            yield Change(new.name, cycle, None, None, "added")
    for cycle in ours:
        if cycle not in theirs:
            yield Change(new.name, cycle, None, "there", "removed", loses=True)
    for cycle, release in theirs.items():
        if cycle not in ours:
            continue
        for column in (*DATES, "latest", "alias"):
            was, now = getattr(ours[cycle], column), getattr(release, column)
            if was != now:
                loses = column in DATES and was not in (None, False) and now in (None, False)
                yield Change(new.name, cycle, column, _say(was), _say(now), loses)


def removals(changes: Sequence[Change]) -> list[Change]:
    """The changes that take something away from what is judged."""
    return [one for one in changes if one.loses]


def doubts(before: Dataset, after: Sequence[Product], today: date) -> list[str]:
    """What is odd about new products: dates in a wrong order, and data older than what there is."""
    found: list[str] = []
    for product in after:
        old = before.get(product.name)
        at = product.provenance.date
        if old is not None and at < old.provenance.date:
            found.append(
                f"{product.name}: the data is of {at}, older than that in use, "
                f"of {old.provenance.date}"
            )
        if at > today + timedelta(days=1):
            found.append(f"{product.name}: the data is of {at}, which is yet to come")
        for release in product.releases:
            name = f"{product.name} {release.cycle}"
            order: list[tuple[str, End]] = [
                ("release", release.released),
                ("end of support (eol)", release.eol),
                ("end of extended support (eoes)", release.eoes),
            ]
            days = [(what, day) for what, day in order if isinstance(day, date)]
            found += [
                f"{name}: the {what}, {day}, lies before the {first}, {start}"
                for (first, start), (what, day) in pairwise(days)
                if day < start
            ]
    return found


def _say(value: object) -> str:
    words: dict[object, str] = {None: "-", True: "over", False: "no date"}
    return words.get(value) or str(value)
