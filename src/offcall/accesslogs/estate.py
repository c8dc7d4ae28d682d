"""The `logs` section of the estate file."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator

from offcall.accesslogs.slo.objective import parse_objective
from offcall.core.errors import UserError
from offcall.core.estate import EstateModel

__all__ = ["LogSource", "Section"]


class LogSource(EstateModel):
    """Logs that belong together: those of one service's balancer."""

    name: str = Field(description="What people call it.")
    places: tuple[str, ...] = Field(
        description="Files, folders, globs, s3://bucket/prefix; relative to the estate file."
    )
    objectives: tuple[str, ...] = Field(
        default=(),
        description="What was promised: '99.9% under 200 ms over 30 days', "
        "'99.95% without 5xx over 30 days'.",
    )

    @field_validator("objectives")
    @classmethod
    def _are_objectives(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            try:
                parse_objective(one)
            except UserError as error:
                raise ValueError(f"{error.message}; expected {error.expected}") from error
        return value

    def paths(self, folder: Path) -> tuple[str, ...]:
        """The places, as they are seen from here; `folder` is that of the estate file."""
        return tuple(one if "://" in one else str(folder / one) for one in self.places)


class Section(EstateModel):
    """Where access logs are."""

    sources: tuple[LogSource, ...] = Field(
        default=(), description="What `offcall logs` reads when it is not told where."
    )
    look_back: str = Field(
        default="1d", description="How much time before now the brief and `logs check` look at."
    )
