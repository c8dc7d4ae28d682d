"""What is wrong with the catalog's own files: counted and named, never in the way of the rest."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["Place", "Problem"]


class Place(BaseModel):
    """Where something is written: a file as people know it, and a 1-based line."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


class Problem(BaseModel):
    """Something in a catalog or runbook file that could not be used."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["file", "document", "duplicate", "remote"]
    place: Place
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"
