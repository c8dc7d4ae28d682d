"""The `logs` section of the estate file."""

from __future__ import annotations

from pydantic import Field

from offcall.core.estate import EstateModel

__all__ = ["LogSource", "Section"]


class LogSource(EstateModel):
    """Logs that belong together: those of one service's balancer."""

    name: str = Field(description="What people call it.")
    places: tuple[str, ...] = Field(
        description="Files, folders, globs, s3://bucket/prefix; relative to the estate file."
    )


class Section(EstateModel):
    """Where access logs are."""

    sources: tuple[LogSource, ...] = Field(
        default=(), description="What `offcall logs` reads when it is not told where."
    )
    look_back: str = Field(
        default="1d", description="How much time before now the brief and `logs check` look at."
    )
