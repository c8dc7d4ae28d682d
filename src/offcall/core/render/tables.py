"""Tables as text: wide columns give way first; when that is not enough, one record a block."""

from __future__ import annotations

from collections.abc import Callable

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
ROOMY = 24
# A longer word does not keep its column wide; it is broken.
LONG_WORD = 18
# More lines a row than this, on average, are too many.
TALL = 4


def write_table(pen: Pen, table: Table) -> None:
    """The table, no wider than the pen."""
    if not table.rows:
        pen.put(pen.styled(table.empty, Tone.MUTED))
        return
    notes: list[str] = []
    cells = [[_cell(pen, cell, notes) for cell in row] for row in table.rows]
    widths = _widths(pen, table, cells)
    columns = _lines(pen, lambda: _write_columns(pen, table, cells, widths)) if widths else []
    # Narrow, tall cells read worse than records.
    if columns and len(columns) <= TALL * len(cells) + 3:
        pen.lines += columns
    else:
        _write_records(pen, table, cells)
    for number, url in enumerate(notes, 1):
        pen.raw(pen.styled(f"[{number}] {url}", Tone.MUTED))


def _lines(pen: Pen, write: Callable[[], None]) -> list[str]:
    """What `write` writes, taken off the pen again."""
    start = len(pen.lines)
    write()
    lines = pen.lines[start:]
    del pen.lines[start:]
    return lines


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
    # Then every column of words may wrap between words, if that leaves the widest one room.
    widest = max(wide, key=lambda i: natural[i], default=None)
    for i, column in enumerate(table.columns):
        if i == widest:
            least[i] = min(natural[i], ROOMY)
        elif not column.right:
            words = [n for text in (titles[i], *(row[i] for row in cells)) for n in _words(text)]
            least[i] = min(natural[i], LONG_WORD, max(words, default=1))
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
    """Each row as a heading, its short cells on a line, and its long ones below."""
    for number, row in enumerate(cells):
        if number:
            pen.blank()
        head = row[0].copy()
        head.stylize(pen.style(Tone.STRONG))
        pen.put(head)
        short: list[Text] = []
        long: list[Text] = []
        for column, cell in list(zip(table.columns, row, strict=True))[1:]:
            if cell.plain.strip():
                named = pen.styled(f"{column.title}: ", Tone.MUTED).append_text(cell)
                (long if named.cell_len > pen.width // 2 else short).append(named)
        if short:
            pen.flow(short, indent=GAP)
        for text in long:
            pen.put(text, indent=GAP)
