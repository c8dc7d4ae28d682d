"""The tables of the history, on one `metadata`: its own here, those of a room in its `schema.py`.

A room's `schema.py` makes its tables on `metadata`, and may say of them, as `PART`, what is over
and may go. It imports SQLAlchemy and this package only, so that the history can load it.

A new table also needs a migration in `offcall/history/migrations/versions`; the newest file there
gives the version of the schema.
"""

from __future__ import annotations

from sqlalchemy import MetaData

from offcall.core.rooms import modules_of_rooms
from offcall.history.schema import resources as _resources  # noqa: F401 - its table
from offcall.history.schema.base import BigId, UTCDateTime, metadata
from offcall.history.schema.findings import PART
from offcall.history.schema.part import Part, Prunable

__all__ = ["PART", "BigId", "Part", "Prunable", "UTCDateTime", "metadata", "parts", "whole"]


def whole() -> MetaData:
    """`metadata` with the tables of every room."""
    modules_of_rooms("schema")
    return metadata


def parts() -> dict[str, Part]:
    """What the rooms, the history among them, say of their tables."""
    found = modules_of_rooms("schema")
    return {room: module.PART for room, module in found.items() if hasattr(module, "PART")}
