"""What a format is: how its lines are split, and in which field each column stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum

from offcall.accesslogs.columns import Table

__all__ = ["Format", "Part", "Place"]


class Part(IntEnum):
    """What of a field is the column. The first eleven are texts."""

    WHOLE = 0
    HOST = 1
    """IP address of `address:port`."""
    METHOD = 2
    SCHEME = 3
    URL_HOST = 4
    PATH = 5
    QUERY = 6
    VERSION = 7
    ROUTE = 8
    """The path with placeholders."""
    REST = 9
    """This field and everything after it."""
    INTEGER = 10
    SECONDS = 11
    MILLISECONDS = 12
    TIME = 13
    PORT = 14
    """Port of `address:port`."""
    URL_PORT = 15
    DATE_AND_TIME = 16
    """This field and the next, which is the time of day."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column stands."""

    field: int
    part: Part = Part.WHOLE


@dataclass(frozen=True, slots=True)
class Format:
    """A format.

    Attributes:
        name: what `log` says.
        title: for people.
        looks: what the beginning of a line of it matches.
        lengths: how many fields a line may have.
        more: lines may have more fields than the greatest of `lengths`.
        places: where each column stands.
        judged: columns of the table that are judged on every line: what is no number or no
            time there makes the line a malformed one, whichever columns are asked for.
        separator: the byte between fields.
        quotes: which fields stand in quotes, one character a field: `"` in quotes, `-` not, `?`
            either; those after the last as they like. None: a quote is a byte like any other.
            A line in which another field is quoted has lost a quote, and its fields are not
            where they should be.
        header: the line that named the fields, where the file does so itself.
    """

    name: str
    title: str
    table: Table
    looks: re.Pattern[bytes]
    lengths: tuple[int, ...]
    places: dict[str, Place]
    judged: tuple[str, ...]
    source: str
    more: bool = True
    separator: bytes = b" "
    quotes: str | None = ""
    header: bytes = b""
    fields: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", max(self.lengths))
