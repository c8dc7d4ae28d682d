"""The `health` section of the estate file."""

from __future__ import annotations

from pydantic import Field

from offcall.core.estate import EstateModel

__all__ = ["Section"]


class Section(EstateModel):
    """Where Health events come from, and when their silence is alarming."""

    queues: tuple[str, ...] = Field(
        default=(), description="URLs of the SQS queues that `health watch` empties."
    )
    regions: tuple[str, ...] = Field(
        default=(),
        description="Regions in which you run something: each needs an EventBridge rule.",
    )
    organization: bool = Field(
        default=False, description="Ask the Health API for the whole organization."
    )
    profile: str | None = Field(default=None, description="AWS profile to use.")
    role_arn: str | None = Field(default=None, description="IAM role to assume first.")
    silent_after_days: float = Field(
        default=7, gt=0, description="Days without a message after which a feed counts as silent."
    )
    ignore: tuple[str, ...] = Field(
        default=(),
        description="Patterns of event type codes that are kept but not shown (AWS_CLOUDSHELL_*).",
    )
