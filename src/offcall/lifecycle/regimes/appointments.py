"""Steps that a resource has of its own, whatever its version: maintenance, its certificate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC

from offcall.lifecycle.regimes.model import Act, Step
from offcall.lifecycle.snapshot import Running

__all__ = ["appointments"]

MAINTENANCE = (
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Maintenance.html"
)
CERTIFICATES = (
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/"
    "UsingWithRDS.SSL-certificate-rotation.html"
)


def appointments(item: Running) -> Iterator[Step]:
    """Pending actions that have a date, and the end of the server certificate."""
    for action in item.pending:
        planned = action.current_apply or action.auto_applied_after or action.forced_apply
        if planned is None:
            continue
        forced = action.forced_apply
        also = f", at the latest on {forced.date()}" if forced and forced != planned else ""
        said = f" ({action.description})" if action.description else ""
        yield Step(
            act=Act.MAINTENANCE,
            on=planned.astimezone(UTC).date(),
            text=f"AWS applies pending maintenance: {action.action}{said}{also}",
            source=MAINTENANCE,
        )
    held = item.certificate
    if held is not None and held.valid_till is not None:
        yield Step(
            act=Act.CERTIFICATE,
            on=held.valid_till.astimezone(UTC).date(),
            text=f"the server certificate ({held.authority}) expires: clients that verify it "
            "cannot connect",
            source=CERTIFICATES,
        )
