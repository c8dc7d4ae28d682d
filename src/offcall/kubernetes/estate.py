"""The `k8s` section of the estate file: what is audited, and how checks judge it.

k8s:
  paths: [deploy/]
  kubernetes_version: "1.34"
  checks:
    single-replica: {severity: high, least: 3}
    no-requests: {disabled: "batch cluster, the queue sets them"}
"""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field, field_validator

from offcall.core.estate import EstateModel
from offcall.core.findings import Severity

__all__ = ["CheckSettings", "Section"]


class CheckSettings(EstateModel):
    """How one check judges: beside these, whatever parameters the check has."""

    model_config = ConfigDict(extra="allow", frozen=True)

    severity: Severity | None = Field(
        default=None, description="What all findings of the check have."
    )
    disabled: str | None = Field(default=None, description="Why the check is not made.")

    @field_validator("disabled")
    @classmethod
    def _has_a_reason(cls, value: str | None) -> str | None:
        if value is not None and not value.strip():
            raise ValueError("say why")
        return value

    @property
    def parameters(self) -> dict[str, Any]:
        """The check's own."""
        return dict(self.model_extra or {})


class Section(EstateModel):
    """What is audited, and how."""

    paths: tuple[str, ...] = Field(
        default=(),
        description="Manifests that `offcall k8s audit` reads when it is not told what: files and "
        "folders, relative to the estate file.",
    )
    context: str | None = Field(
        default=None, description="The context of a live cluster that is read with them."
    )
    kubernetes_version: str | None = Field(
        default=None, description="The version of Kubernetes to judge against, such as 1.34."
    )
    baseline: str | None = Field(
        default=None, description="A file of findings that are known, relative to the estate file."
    )
    checks: dict[str, CheckSettings] = Field(
        default_factory=dict, description="Settings by check, such as single-replica."
    )
