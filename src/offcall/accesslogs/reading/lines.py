"""The lines of one chunk, split, judged and taken apart; each part found once."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from offcall.accesslogs.columns import Kind, columns_of
from offcall.accesslogs.formats.cloudfront import HEADER, cloudfront
from offcall.accesslogs.formats.detecting import kind_of
from offcall.accesslogs.formats.model import Format, Part
from offcall.accesslogs.reading.addresses import address, request
from offcall.accesslogs.reading.numbers import integers, seconds, times, total
from offcall.accesslogs.reading.routes import EXTRA, route
from offcall.accesslogs.reading.splitting import LONG, OPEN, QUOTED, marks, split
from offcall.core.errors import SourceError

__all__ = ["KEPT", "LONGEST", "TOO_LONG", "Lines", "Numbers", "Rejected", "Slice"]

LONGEST = 1 << 20
"""A line of more bytes is none; the longest that a balancer writes has about a tenth of them."""
TOO_LONG = f"is longer than {LONGEST >> 20} MiB"
KEPT = 1 << 16
"""How much of a rejected line is kept."""
_WHY = {
    OPEN: "a quote is not closed",
    QUOTED: "a quote is missing, or stands where there is none",
    LONG: TOO_LONG,
}
_URL = {
    Part.METHOD: 0,
    Part.SCHEME: 1,
    Part.URL_HOST: 2,
    Part.URL_PORT: 3,
    Part.PATH: 4,
    Part.QUERY: 5,
    Part.VERSION: 6,
}
_ADDRESS = {Part.HOST: 0, Part.PORT: 1}
_TAKEN = ("request_processing_time", "target_processing_time", "response_processing_time")
"""What `total_time` is the sum of: of what is known of them, to the microsecond."""

Text = bytearray | memoryview
Slice = tuple[Text, memoryview, memoryview]
"""A text, and where each row's part of it begins and ends; -1 where it has none."""
Numbers = tuple[memoryview, memoryview]
"""Values, and whether each row has one (0 or 1)."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that is no line of its format.

    Attributes:
        line: its number in the file, from 1.
        text: as it is, at most 64 KiB of it.
        reason: for people.
    """

    line: int
    text: bytes
    reason: str


def _room(code: str, count: int) -> memoryview:
    return memoryview(array(code, bytes(count * array(code).itemsize)))


class Lines:
    """Splits chunks of one file and finds what stands in the lines; not for two threads at once.

    What it returns is overwritten by the next `split`.

    Attributes:
        rows: the lines that the last `split` found, malformed ones apart.
        wrong: how many lines had another number of fields, or quotes where none belong.
        seen: lines in all, blank ones too.
        end: where in the text they end.
        marks: for each row 0, or which of the judged columns has no number: 1 for the first.
        misfits: how many rows are so marked.
    """

    def __init__(self, kind: Format, wanted: Sequence[str], rows: int) -> None:
        """Rows: how many lines at most are read in one step."""
        self._wanted = tuple(wanted)
        self._most = rows
        self._lines = _room("q", 3 * rows)
        self._bad = _room("q", 4 * rows)
        self.marks = _room("B", rows)
        self.rows = self.wrong = self.seen = self.end = self.misfits = 0
        self._take(kind)

    def _take(self, kind: Format) -> None:
        """Read what follows as this format."""
        self.kind = kind
        self.known = columns_of(kind.table)
        self._lengths = bytearray(kind.fields + 2)
        for length in kind.lengths:
            self._lengths[length] = 1
        self._lengths[-1] = kind.more
        self._quoting = marks(kind.quotes)
        wanted = sorted(self._fields())
        self._slots = _room("i", kind.fields + 1)
        for field in range(len(self._slots)):
            self._slots[field] = wanted.index(field) if field in wanted else -1
        self._starts = _room("i", len(wanted) * self._most)
        self._ends = _room("i", len(wanted) * self._most)
        self._rooms: dict[str, Numbers] = {}
        self._part_rooms: dict[tuple[int, int], tuple[memoryview, memoryview]] = {}
        self._empty()

    def _empty(self) -> None:
        self._numbers: dict[str, Numbers] = {}
        self._parts: dict[tuple[int, int], tuple[memoryview, memoryview]] = {}
        self._routes: Slice | None = None

    def _fields(self) -> set[int]:
        found: set[int] = set()
        for name in {*self._wanted, *self.kind.judged}:
            if name in self.kind.places:
                place = self.kind.places[name]
                found.add(place.field)
                if place.part is Part.DATE_AND_TIME:
                    found.add(place.field + 1)
        return found

    def split(self, text: bytearray, begin: int, size: int, line: int) -> bool:
        """Find the whole lines in `text[begin:size]`; the first has number `line`.

        False if there is no whole line.

        Raises:
            SourceError: from here on, the fields are not known.
        """
        if self.kind.header and size > begin and text[begin] == ord("#"):
            self._follow(bytes(text[begin:size]).partition(b"\n"), line)
        self._text: Text = text
        self._first = line
        self.rows, self.wrong, self.seen, self.end = split(
            text,
            begin,
            size,
            self.kind.separator[0],
            self._lengths,
            LONGEST,
            self._quoting,
            self._slots,
            self._starts,
            self._ends,
            self._lines,
            self._bad,
            self._most,
        )
        self._empty()
        self._judge()
        return self.seen > 0

    def _follow(self, parts: tuple[bytes, bytes, bytes], line: int) -> None:
        """Several files in one have several headers, perhaps with other fields."""
        header, newline, _ = parts
        header = header.rstrip()
        if newline and header.startswith(HEADER) and header != self.kind.header:
            kind = cloudfront(header)
            if kind is None:
                raise SourceError(f"the header in line {line:,} has no date and time in it")
            self._take(kind)

    def _judge(self) -> None:
        """Look at each judged column, whichever are asked for: see `Format.judged`."""
        clean = bytes(self.rows)
        self.marks[: self.rows] = clean
        for mark, name in enumerate(self.kind.judged, 1):
            self._numbers[name] = self._read(name, self.marks, mark)
        # Without a time a line is in no window: it is not one.
        timed = self._numbers["time"][1]
        if b"\0" in bytes(timed[: self.rows]):
            mark = self.kind.judged.index("time") + 1
            for row in range(self.rows):
                if not timed[row] and not self.marks[row]:
                    self.marks[row] = mark
        self.misfits = self.rows - bytes(self.marks[: self.rows]).count(0)

    def rejected(self) -> list[Rejected]:
        """The malformed lines, in their order; it takes longer than all the rest."""
        found = []
        for begin, end, number, why in _rows(self._bad[: 4 * self.wrong], 4):
            found.append(self._rejected(begin, end, number, _WHY.get(why, "")))
        for row in range(self.rows) if self.misfits else ():
            if self.marks[row]:
                begin, end, number = self._lines[3 * row : 3 * row + 3]
                name = self.kind.judged[self.marks[row] - 1]
                value = self._value(name, row).decode(errors="replace")
                kind = "a time" if self.known[name].kind is Kind.TIME else "a number"
                reason = f"{name}: {value!r} is not {kind}"
                found.append(self._rejected(begin, end, number, reason))
        return sorted(found, key=lambda one: one.line)

    def _rejected(self, begin: int, end: int, number: int, reason: str) -> Rejected:
        content = bytes(self._text[begin : min(end, begin + KEPT)])
        other = kind_of(content)
        if other is not None and other.name != self.kind.name:
            reason = f"looks like a line of another format ({other.title})"
        elif not reason:
            reason = f"has not as many fields as a line of {self.kind.title} has"
        return Rejected(self._first + number, content, reason)

    def _value(self, name: str, row: int) -> bytes:
        """What stands in one line, at most 80 bytes of it."""
        text, starts, ends = self.slice(name)
        begin, end = starts[row], ends[row]
        return bytes(text[begin : min(end, begin + 80)]) if begin >= 0 else b""

    def slice(self, name: str) -> Slice:
        """Where a column's text stands; nowhere, if the format does not have it."""
        if name not in self.kind.places:
            nowhere = memoryview(array("i", [-1]) * self.rows)
            return self._text, nowhere, nowhere
        place = self.kind.places[name]
        if place.part is Part.ROUTE:
            if self._routes is None:
                self._routes = self._route(*self.slice("path"))
            return self._routes
        if place.part in _URL:
            return self._part(place.field, request, 7, _URL[place.part])
        if place.part in _ADDRESS:
            return self._part(place.field, address, 2, _ADDRESS[place.part])
        starts, ends = self._field(place.field)
        if place.part is Part.DATE_AND_TIME:
            return self._text, starts, self._field(place.field + 1)[1]
        return self._text, starts, ends

    def _field(self, number: int) -> tuple[memoryview, memoryview]:
        at = self._slots[number] * self._most
        return self._starts[at : at + self._most], self._ends[at : at + self._most]

    def _part(self, field: int, function: Callable[..., None], parts: int, which: int) -> Slice:
        key = (field, parts)
        if key not in self._parts:
            if key not in self._part_rooms:
                size = parts * self._most
                self._part_rooms[key] = (_room("i", size), _room("i", size))
            found = self._part_rooms[key]
            function(self._text, *self._field(field), self.rows, *found)
            self._parts[key] = found
        begins, stops = self._parts[key]
        at = which * self._most
        return self._text, begins[at : at + self._most], stops[at : at + self._most]

    def _route(self, text: Text, starts: memoryview, ends: memoryview) -> Slice:
        size = self.end
        out = bytearray(EXTRA * size + self.rows)
        begins, stops = _room("i", self.rows), _room("i", self.rows)
        route(text, starts, ends, self.rows, out, begins, stops)
        return out, begins, stops

    def numbers(self, name: str) -> Numbers:
        """A column's values. What is no number there is none, unless the column is judged."""
        if name not in self._numbers:
            self._numbers[name] = self._read(name, bytearray(self.rows), 1)
        return self._numbers[name]

    def _read(self, name: str, bad: memoryview | bytearray, mark: int) -> Numbers:
        kind = self.known[name].kind
        if name not in self._rooms:
            code = "d" if kind is Kind.SECONDS else "q"
            self._rooms[name] = (_room(code, self._most), _room("B", self._most))
        values, valid = self._rooms[name]
        if name == "total_time" and all(one in self.kind.places for one in _TAKEN):
            total([self.numbers(one) for one in _TAKEN], self.rows, values, valid)
            return values, valid
        text, starts, ends = self.slice(name)
        if kind is Kind.SECONDS:
            place = self.kind.places.get(name)
            unit = 1000.0 if place and place.part is Part.MILLISECONDS else 1.0
            seconds(text, starts, ends, self.rows, unit, values, valid, bad, mark)
        else:
            read = times if kind is Kind.TIME else integers
            read(text, starts, ends, self.rows, values, valid, bad, mark)
        return values, valid


def _rows(flat: memoryview, width: int) -> list[tuple[int, ...]]:
    return [tuple(flat[at : at + width]) for at in range(0, len(flat), width)]
