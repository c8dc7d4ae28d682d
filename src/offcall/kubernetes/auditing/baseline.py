"""The baseline: findings that are known and borne, each with its reason, in a YAML file.

baseline: offcall.kubernetes/1
findings:
  - fingerprint: 3f0a9c51d2e87b64
    check: k8s-single-replica
    object: Deployment/shop/web
    reason: moved to the new cluster in spring
    until: 2027-03-31
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from offcall.core.errors import UserError
from offcall.core.estate import EstateModel
from offcall.core.findings import Finding
from offcall.core.yamlfile import load_yaml, validate
from offcall.kubernetes.auditing.reasons import Reason

__all__ = ["Baseline", "Known", "load_baseline", "write_baseline"]

KIND = "offcall.kubernetes/1"


class Known(EstateModel):
    """One finding that is borne."""

    fingerprint: str = Field(pattern=r"^[0-9a-f]{16}$")
    check: str
    resource: str
    reason: str
    until: date | None = None

    @field_validator("fingerprint", mode="before")
    @classmethod
    def _is_text(cls, value: object) -> object:
        # Sixteen digits without a letter are a number to YAML.
        return f"{value:016d}" if isinstance(value, int) else value

    @field_validator("reason")
    @classmethod
    def _has_a_reason(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("say why it is borne")
        return value


class Baseline(EstateModel):
    """All of them."""

    baseline: Literal["offcall.kubernetes/1"]
    findings: tuple[Known, ...] = ()


def load_baseline(path: Path) -> dict[str, Reason]:
    """The reasons by fingerprint.

    Raises:
        UserError: not there, not a baseline, a finding without a reason; with file and line.
    """
    found = validate(Baseline, load_yaml(path), file=str(path))
    return {one.fingerprint: Reason(one.reason.strip(), one.until) for one in found.findings}


def write_baseline(
    path: Path, findings: Iterable[Finding], reason: Reason, known: Mapping[str, Reason]
) -> int:
    """Write all findings as known, those that were known with their own reason; how many.

    Raises:
        UserError: it cannot be written.
    """
    import yaml

    entries = []
    for one in {one.fingerprint: one for one in findings}.values():
        why = known.get(one.fingerprint, reason)
        entry: dict[str, object] = {
            "fingerprint": one.fingerprint,
            "check": one.rule,
            "resource": one.resource.id,
            "reason": why.text,
        }
        if why.until is not None:
            entry["until"] = why.until
        entries.append(entry)
    entries.sort(key=lambda one: (str(one["resource"]), str(one["check"]), str(one["fingerprint"])))
    body = {"baseline": KIND, "findings": entries}
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as file:
            yaml.safe_dump(body, file, sort_keys=False, allow_unicode=True, width=100)
        Path(file.name).chmod(0o644)
        Path(file.name).replace(path)
    except OSError as error:
        raise UserError(f"cannot write the baseline: {error.strerror}", file=str(path)) from error
    return len(entries)
