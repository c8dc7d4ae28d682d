"""What an answer is made of, and what all answers say of how they came to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from offcall.accesslogs.columns import Table
from offcall.core.render.humane import bytes_text
from offcall.core.results import Result
from offcall.core.text import plural

__all__ = ["Answer", "Missing", "Reading", "RejectedLine", "Row", "first_of"]


OF_CONNECTIONS = frozenset({"nlb", "alb-connections"})
"""Kinds of logs whose lines are connections."""


class Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class RejectedLine(Row):
    """A line that could not be read."""

    file: str
    line: int | None = Field(description="Its number; not every engine knows it.")
    reason: str
    text: str

    @property
    def place(self) -> str:
        """Where it stands."""
        return self.file if self.line is None else f"{self.file}:{self.line}"


class Missing(Row):
    """A file, or a part of it, that is missing from the answer."""

    file: str
    reason: str


SHOWN = 10
"""Files that could not be read and are named to people; JSON has all."""


def first_of(problems: Iterable[str]) -> Iterator[str]:
    """The first `SHOWN`, and how many more there are: a folder may hold anything."""
    every = iter(problems)
    yield from islice(every, SHOWN)
    if more := sum(1 for _ in every):
        yield f"and {plural(more, 'more file')} that could not be read"


class Reading(Row):
    """What an answer is made of."""

    files: dict[str, int] = Field(default={}, description="Files by the kind of log.")
    lines: int | None = Field(default=0, description="Not every engine counts them.")
    size: int = Field(default=0, description="Bytes: unzipped; of Athena those that it scanned.")
    rejected: int = Field(default=0, description="Malformed lines.")
    examples: tuple[RejectedLine, ...] = Field(default=(), description="Some of them.")
    missing: tuple[Missing, ...] = ()
    too_many: bool = Field(default=False, description="More were rejected than --max-rejects.")

    @classmethod
    def of_all(cls, readings: Sequence[Reading]) -> Reading:
        """Several as one."""
        files: dict[str, int] = {}
        for one in readings:
            for kind, number in one.files.items():
                files[kind] = files.get(kind, 0) + number
        lines = [one.lines for one in readings]
        return cls(
            files=files,
            lines=None if None in lines else sum(filter(None, lines)),
            size=sum(one.size for one in readings),
            rejected=sum(one.rejected for one in readings),
            examples=tuple(each for one in readings for each in one.examples),
            missing=tuple(each for one in readings for each in one.missing),
            too_many=any(one.too_many for one in readings),
        )

    def words(self) -> str:
        """In one line."""
        files = sum(self.files.values())
        said = f"{plural(files, 'file')}, {bytes_text(self.size)}"
        return said if self.lines is None else f"{plural(self.lines, 'line')} of {said}"

    def warnings(self) -> tuple[str, ...]:
        """What is missing from the answer."""
        found = list(first_of(f"{one.file}: {one.reason}" for one in self.missing))
        if self.rejected:
            first = self.examples[0]
            found.append(
                f"{plural(self.rejected, 'line')} could not be read; the first: "
                f"{first.place}: {first.reason}"
                + (" (--rejects FILE keeps them)" if first.line is not None else "")
            )
        return tuple(found)


class Answer(Result):
    """What all answers say of how they came to be."""

    asked: str = Field(default="", description="What narrowed it down, in words.")
    reading: Reading = Field(default_factory=Reading)

    about: ClassVar[Table] = "requests"

    def incomplete(self) -> tuple[str, ...]:
        """Malformed lines, files that could not be read, and files that tell of something else."""
        kinds = self.reading.files
        other = [one for one in kinds if (one in OF_CONNECTIONS) == (self.about == "requests")]
        if not other or len(other) < len(kinds):
            return self.reading.warnings()
        told, instead = (
            ("connections, not of requests", "offcall logs connections")
            if self.about == "requests"
            else ("requests, not of connections", "offcall logs top")
        )
        return (*self.reading.warnings(), f"these are logs of {told}: see {instead}")

    def failed(self) -> bool:
        """More lines were malformed than was allowed, or nothing could be read."""
        return self.reading.too_many

    def _under(self) -> str:
        return "; ".join(filter(None, (self.reading.words(), self.asked)))
