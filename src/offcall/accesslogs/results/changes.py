"""Before and after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo

from pydantic import Field

from offcall.accesslogs.results.answers import Answer, Row
from offcall.accesslogs.results.groups import Group
from offcall.core.documents import Block, Cell, Column, Document, Line, Span, Table, Tone
from offcall.core.render.figures import count, seconds_text, share
from offcall.core.text import plural

__all__ = ["Change", "Comparison"]


class Change(Row):
    """One key before and after."""

    key: str | int | None
    before: Group | None
    after: Group | None
    worse: tuple[str, ...] = ()
    better: tuple[str, ...] = ()


class Comparison(Answer):
    """Before and after."""

    by: str
    measure: str
    before: str = Field(description="What was before, in words.")
    after: str
    changes: tuple[Change, ...] = ()
    left_out: int = 0

    def document(self, zone: tzinfo) -> Document:
        """What got worse, in words, then a table."""
        rows = tuple(
            (
                str(one.key),
                *_two(one, lambda side: count(side.requests)),
                *_two(one, lambda side: share(side.error_share) if side.server_errors else "0%"),
                *_two(one, lambda side: seconds_text(side.p50)),
                *_two(one, lambda side: seconds_text(side.p95)),
                _verdict(one),
            )
            for one in self.changes
        )
        names = ("requests", "5xx", "p50", "p95")
        columns = (
            Column(self.by, wide=True),
            *(Column(title, right=True) for name in names for title in (name, "→")),
            Column("change", wide=True),
        )
        worse = sum(bool(one.worse) for one in self.changes)
        said = (
            Line(f"{plural(worse, self.by)} got worse", Tone.BAD)
            if worse
            else Line("Nothing got worse", Tone.OK)
        )
        blocks: list[Block] = [said, Table(columns, rows, empty="no requests")]
        if self.left_out:
            blocks.append(Line(f"{self.left_out:,} more not shown; raise --limit", Tone.MUTED))
        blocks.append(Line(f"Times: {self.measure}. Percentiles are exact.", Tone.MUTED))
        title = f"Before and after, by {self.by}"
        under = f"before: {self.before}; after: {self.after}; {self._under()}"
        return Document(title, under, tuple(blocks))


def _two(one: Change, value: Callable[[Group], str]) -> tuple[str, str]:
    return (
        value(one.before) if one.before else "",
        value(one.after) if one.after else "",
    )


def _verdict(one: Change) -> Cell:
    if one.before is None:
        return Span("new", Tone.INFO)
    if one.after is None:
        return Span("gone", Tone.INFO)
    if one.worse:
        return Span("worse: " + "; ".join((*one.worse, *one.better)), Tone.BAD)
    return Span("better: " + "; ".join(one.better), Tone.OK) if one.better else ""
