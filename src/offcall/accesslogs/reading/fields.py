"""The parts of one chunk's fields, and what they say; each found once."""

from __future__ import annotations

from typing import Any

import numpy as np

from offcall.accesslogs.columns import Kind, columns_of
from offcall.accesslogs.formats.model import Format, Part
from offcall.accesslogs.reading.addresses import address, request
from offcall.accesslogs.reading.numbers import integers, seconds, times
from offcall.accesslogs.reading.routes import EXTRA, route

__all__ = ["Fields", "Numbers", "Slice"]

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

Slice = tuple[Any, Any, Any]
"""A text, and where each row's part of it begins and ends."""
Numbers = tuple[Any, Any]
"""Values, and whether each row has one."""


class Fields:
    """The fields of the lines of one chunk."""

    def __init__(
        self, kind: Format, text: Any, rows: int, slots: Any, starts: Any, ends: Any
    ) -> None:
        """As `split` found them."""
        self._kind = kind
        self._known = columns_of(kind.table)
        self._text = text
        self.rows = rows
        self._slots = slots
        self._starts = starts
        self._ends = ends
        self._urls: dict[int, tuple[Any, Any]] = {}
        self._addresses: dict[int, tuple[Any, Any]] = {}
        self._routes: Slice | None = None

    def _field(self, number: int) -> tuple[Any, Any]:
        slot = self._slots[number]
        return self._starts[slot], self._ends[slot]

    def slice(self, name: str) -> Slice:
        """Where a column's text stands."""
        place = self._kind.places[name]
        if place.part is Part.ROUTE:
            if self._routes is None:
                self._routes = self._route(*self.slice("path"))
            return self._routes
        starts, ends = self._field(place.field)
        if place.part in _URL:
            if place.field not in self._urls:
                self._urls[place.field] = self._parts(request, starts, ends, 7)
            parts = self._urls[place.field]
            return self._text, parts[0][_URL[place.part]], parts[1][_URL[place.part]]
        if place.part in _ADDRESS:
            if place.field not in self._addresses:
                self._addresses[place.field] = self._parts(address, starts, ends, 2)
            parts = self._addresses[place.field]
            return self._text, parts[0][_ADDRESS[place.part]], parts[1][_ADDRESS[place.part]]
        if place.part is Part.DATE_AND_TIME:
            return self._text, starts, self._field(place.field + 1)[1]
        return self._text, starts, ends

    def value(self, name: str, row: int) -> bytes:
        """What stands in one line, at most 80 bytes of it."""
        text, starts, ends = self.slice(name)
        begin, end = int(starts[row]), int(ends[row])
        found: bytes = text[begin : min(end, begin + 80)].tobytes() if begin >= 0 else b""
        return found

    def numbers(self, name: str, bad: Any) -> Numbers:
        """A column's values; marks the rows whose text is none in `bad`."""
        text, starts, ends = self.slice(name)
        kind = self._known[name].kind
        valid = np.empty(self.rows, np.bool_)
        if kind is Kind.SECONDS:
            values = np.empty(self.rows, np.float64)
            unit = 1000.0 if self._kind.places[name].part is Part.MILLISECONDS else 1.0
            seconds(text, starts, ends, self.rows, unit, values, valid, bad)
        else:
            values = np.empty(self.rows, np.int64)
            read = times if kind is Kind.TIME else integers
            read(text, starts, ends, self.rows, values, valid, bad)
        return values, valid

    def _parts(self, function: Any, starts: Any, ends: Any, count: int) -> tuple[Any, Any]:
        begins = np.empty((count, self.rows), np.int32)
        stops = np.empty((count, self.rows), np.int32)
        function(self._text, starts, ends, self.rows, begins, stops)
        return begins, stops

    def _route(self, text: Any, starts: Any, ends: Any) -> Slice:
        size = int((ends[: self.rows].astype(np.int64) - starts[: self.rows]).sum())
        out = np.empty(EXTRA * size + 16 * self.rows + 16, np.uint8)
        begins = np.empty(self.rows, np.int32)
        stops = np.empty(self.rows, np.int32)
        route(text, starts, ends, self.rows, out, begins, stops)
        return out, begins, stops
