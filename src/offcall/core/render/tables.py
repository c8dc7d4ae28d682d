"""Tables as text: wide columns give way first; when that is not enough, one record a block."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text

from offcall.core.documents import Span, Table, Tone
from offcall.core.render.pen import Pen
from offcall.core.text import safe_url

__all__ = ["write_table"]

GAP = 2
# A wide column keeps at least this many columns.
NARROWEST = 14
# … and this many when the others wrap as well.
ROOMY = 26


def write_table(pen: Pen, table: Table) -> None:
    """The table, no wider than the pen."""
    if not table.rows:
        pen.put(pen.styled(table.empty, Tone.MUTED))
        return
    notes: list[str] = []
    cells = [[_cell(pen, cell, notes) for cell in row] for row in table.rows]
    widths = _widths(pen, table, cells)
    if widths is None:
        _write_records(pen, table, cells)
    else:
        _write_columns(pen, table, cells, widths)
    for number, url in enumerate(notes, 1):
        pen.raw(pen.styled(f"[{number}] {url}", Tone.MUTED))


def _cell(pen: Pen, cell: str | Span, notes: list[str]) -> Text:
    """The cell; where links cannot be links, their addresses are noted under the table."""
    text = pen.bare_cell(cell)
    url = safe_url(cell.url) if isinstance(cell, Span) else None
    if url is not None and not pen.view.color and url != text.plain:
        if url not in notes:
            notes.append(url)
        text.append(f" [{notes.index(url) + 1}]")
    return text


def _widths(pen: Pen, table: Table, cells: list[list[Text]]) -> list[int] | None:
    """The width of each column, or None when the table does not fit."""
    titles = [pen.styled(column.title) for column in table.columns]
    natural = [
        pen.widest([titles[i], *(row[i] for row in cells)]) for i in range(len(table.columns))
    ]
    room = pen.width - GAP * (len(natural) - 1)
    excess = sum(natural) - room
    if excess <= 0:
        return natural
    wide = [i for i, column in enumerate(table.columns) if column.wide]
    least = list(natural)
    for i in wide:
        least[i] = min(natural[i], max(NARROWEST, titles[i].cell_len))
    widths = _shrink(natural, least, room)
    if widths is not None:
        return widths
    # Then every column of words may wrap between words, if that leaves the wide ones room.
    for i, column in enumerate(table.columns):
        if i in wide:
            least[i] = min(natural[i], ROOMY)
        elif not column.right:
            words = [
                word for text in (titles[i], *(row[i] for row in cells)) for word in _words(text)
            ]
            least[i] = min(natural[i], max(words, default=1))
    return _shrink(natural, least, room)


def _shrink(natural: list[int], least: list[int], room: int) -> list[int] | None:
    """Widths that fit into `room`: the widest give first, none below its least."""
    if sum(least) > room:
        return None
    widths = list(natural)
    for _ in range(sum(natural) - room):
        give = max((i for i in range(len(widths)) if widths[i] > least[i]), key=lambda i: widths[i])
        widths[give] -= 1
    return widths


def _words(text: Text) -> list[int]:
    return [cell_len(word) for word in text.plain.split()]


def _write_columns(pen: Pen, table: Table, cells: list[list[Text]], widths: list[int]) -> None:
    heads = [pen.styled(column.title.upper(), Tone.MUTED) for column in table.columns]
    for row in [heads, *cells]:
        wrapped = [pen.wrap(cell, width) for cell, width in zip(row, widths, strict=True)]
        for number in range(max(map(len, wrapped))):
            line = Text()
            for i, column in enumerate(table.columns):
                part = wrapped[i][number] if number < len(wrapped[i]) else Text()
                line.append_text(pen.pad(part, widths[i], right=column.right))
                line.append(" " * GAP)
            line.rstrip()
            pen.raw(line)


def _write_records(pen: Pen, table: Table, cells: list[list[Text]]) -> None:
    indent = min(max(len(column.title) for column in table.columns) + GAP, pen.width // 2)
    for number, row in enumerate(cells):
        if number:
            pen.blank()
        for column, cell in zip(table.columns, row, strict=True):
            if cell.plain.strip():
                pen.put(cell, first=pen.styled(column.title, Tone.MUTED), indent=indent)
