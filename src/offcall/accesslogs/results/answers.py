"""What an answer is made of, and what all answers say of how they came to be."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from offcall.core.render.humane import bytes_text
from offcall.core.results import Result
from offcall.core.text import plural

__all__ = ["Answer", "Missing", "Reading", "RejectedLine", "Row"]


class Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RejectedLine(Row):
    """A line that could not be read."""

    file: str
    line: int
    reason: str
    text: str


class Missing(Row):
    """A file, or a part of it, that is missing from the answer."""

    file: str
    reason: str


class Reading(Row):
    """What an answer is made of."""

    files: dict[str, int] = Field(default={}, description="Files by the kind of log.")
    lines: int = 0
    size: int = Field(default=0, description="Bytes, unzipped.")
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
        return cls(
            files=files,
            lines=sum(one.lines for one in readings),
            size=sum(one.size for one in readings),
            rejected=sum(one.rejected for one in readings),
            examples=tuple(each for one in readings for each in one.examples),
            missing=tuple(each for one in readings for each in one.missing),
            too_many=any(one.too_many for one in readings),
        )

    def words(self) -> str:
        """In one line."""
        files = sum(self.files.values())
        return f"{plural(self.lines, 'line')} of {plural(files, 'file')}, {bytes_text(self.size)}"

    def warnings(self) -> tuple[str, ...]:
        """What is missing from the answer."""
        found = [f"{one.file}: {one.reason}" for one in self.missing]
        if self.rejected:
            first = self.examples[0]
            found.append(
                f"{plural(self.rejected, 'line')} could not be read; the first: "
                f"{first.file}:{first.line}: {first.reason} (--rejects FILE keeps them)"
            )
        return tuple(found)


class Answer(Result):
    """What all answers say of how they came to be."""

    asked: str = Field(default="", description="What narrowed it down, in words.")
    reading: Reading = Reading()

    def incomplete(self) -> tuple[str, ...]:
        """Malformed lines, and files that could not be read."""
        return self.reading.warnings()

    def failed(self) -> bool:
        """More lines were malformed than was allowed, or nothing could be read."""
        return self.reading.too_many

    def _under(self) -> str:
        return "; ".join(filter(None, (self.reading.words(), self.asked)))
