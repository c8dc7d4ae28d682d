"""Writing styled lines of a given width: with ANSI colours on a terminal, else plain."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from rich.text import Text

from offcall.core.documents import Cell, Span, Tone
from offcall.core.render.view import View
from offcall.core.text import printable, safe_url

__all__ = ["MIN_WIDTH", "Pen"]

# Below this nothing is readable; the lines are as wide as this then.
MIN_WIDTH = 40

_STYLES = {
    Tone.PLAIN: Style(),
    Tone.MUTED: Style(dim=True),
    Tone.STRONG: Style(bold=True),
    Tone.OK: Style(color="green"),
    Tone.INFO: Style(color="cyan"),
    Tone.WARN: Style(color="yellow"),
    Tone.BAD: Style(color="red", bold=True),
}


class Pen:
    """Lines of text, `width` columns wide."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.width = max(MIN_WIDTH, view.width)
        self.lines: list[str] = []
        self._console = Console(
            file=io.StringIO(),
            width=10_000,
            force_terminal=view.color,
            color_system="standard" if view.color else None,
            no_color=not view.color,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
            _environ={},
        )

    @property
    def text(self) -> str:
        """All lines, without blank ones at the ends."""
        return "\n".join(self.lines).strip("\n") + "\n"

    def styled(self, text: str, tone: Tone = Tone.PLAIN, url: str | None = None) -> Text:
        """Text with a tone and, where the terminal can, a link."""
        style = _STYLES[tone]
        if url is not None and self.view.color:
            style += Style(link=url)
        # A span, not the text's own style, which would also hold for what is appended.
        return Text().append(printable(text), style)

    def style(self, tone: Tone) -> Style:
        """How a tone looks."""
        return _STYLES[tone]

    def cell(self, cell: Cell) -> Text:
        """A cell; a link that cannot be a link is written after its text."""
        if isinstance(cell, str):
            return self.styled(cell)
        url = safe_url(cell.url)
        text = self.styled(cell.text, cell.tone, url)
        if url is not None and not self.view.color and url != cell.text:
            text.append(f" <{url}>")
        return text

    def bare_cell(self, cell: Cell) -> Text:
        """A cell without the written address, for where there is no room."""
        if isinstance(cell, Span):
            return self.styled(cell.text, cell.tone, safe_url(cell.url))
        return self.styled(cell)

    def blank(self) -> None:
        """One blank line, never two, none at the start."""
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def raw(self, text: Text | str) -> None:
        """One line as it is, however long."""
        self.lines.append(self._draw(text if isinstance(text, Text) else Text(text)))

    def wrap(self, text: Text, width: int, *, fold: bool = True) -> list[Text]:
        """Lines of at most `width` columns; without `fold`, longer words stay whole."""
        wrapped: list[Text] = []
        for paragraph in text.split("\n", allow_blank=True):
            if fold:
                wrapped += paragraph.wrap(self._console, max(1, width), overflow="fold", tab_size=4)
            else:
                paragraph.expand_tabs(4)
                wrapped += paragraph.divide(_breaks(paragraph.plain, width))
        for line in wrapped:
            line.rstrip()
        return wrapped or [Text()]

    def put(self, text: Text, *, first: Text | None = None, indent: int = 0) -> None:
        """A paragraph, wrapped, every line indented; `first` stands in the first line's indent.

        Words that are longer than a line (ARNs, addresses) stay whole, so that they can be copied.
        """
        for number, line in enumerate(self.wrap(text, self.width - indent, fold=False)):
            lead = first.copy() if first is not None and number == 0 else Text()
            lead.append(" " * max(0, indent - lead.cell_len))
            self.raw(lead.append_text(line))

    def flow(self, items: Iterable[Text], *, first: Text | None = None, indent: int = 0) -> None:
        """Items with dots between, broken between items where possible."""
        dot = self.styled(" · ", Tone.MUTED)
        line = Text()
        room = self.width - indent
        lines: list[Text] = []
        for item in items:
            if line and line.cell_len + dot.cell_len + item.cell_len > room:
                lines.append(line)
                line = item.copy()
            else:
                line = line.append_text(dot).append_text(item) if line else item.copy()
        lines.append(line)
        for number, whole in enumerate(lines):
            self.put(whole, first=first if number == 0 else None, indent=indent)

    def pad(self, text: Text, width: int, *, right: bool = False) -> Text:
        """The text filled with blanks to `width` columns."""
        gap = " " * max(0, width - text.cell_len)
        return Text(gap).append_text(text) if right else text.copy().append(gap)

    def widest(self, texts: Sequence[Text]) -> int:
        """The columns of the longest line."""
        return max((cell_len(line) for text in texts for line in text.plain.split("\n")), default=0)

    def _draw(self, text: Text) -> str:
        if not self.view.color:
            return text.plain.rstrip()
        text = text.copy()
        text.rstrip()
        return "".join(
            segment.style.render(segment.text, color_system=ColorSystem.STANDARD)
            if segment.style is not None
            else segment.text
            for segment in text.render(self._console)
        )


def _breaks(line: str, width: int) -> list[int]:
    """Where a line is broken between words, so that it stays inside `width` where it can."""
    breaks: list[int] = []
    used = 0
    for word in re.finditer(r"\s*\S+\s*", line):
        if used and used + cell_len(word[0].rstrip()) > width:
            breaks.append(word.start())
            used = 0
        used += cell_len(word[0])
    return breaks
