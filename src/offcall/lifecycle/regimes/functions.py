"""Lambda runtimes: deprecated, then no new functions, then no updates. Functions keep running.

https://docs.aws.amazon.com/lambda/latest/dg/runtime-support-policy.html
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from offcall.lifecycle.regimes.model import Act, Dates, Step
from offcall.lifecycle.snapshot import Running

__all__ = ["CREATE_BLOCK_LEAD", "lambda_runtime"]

SOURCE = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html"
# The dataset has the block of updates only. AWS's table blocks creation about a month earlier
# (2027-02-01 before 2027-03-03, 2027-06-01 before 2027-07-01).
CREATE_BLOCK_LEAD = timedelta(days=30)


def lambda_runtime(_item: Running, dates: Dates) -> Iterator[Step]:
    """The steps for a function's runtime."""
    if dates.standard_end is not None:
        end = dates.standard_end.on
        yield Step(
            act=Act.DEPRECATE,
            on=end,
            text="the runtime is deprecated: no more security patches, no technical support; "
            "functions keep running",
            source=SOURCE,
        )
    if dates.blocked is not None:
        blocked = dates.blocked.on
        if blocked is not None:
            yield Step(
                act=Act.BLOCK_CREATE,
                on=blocked - CREATE_BLOCK_LEAD,
                text="about then no new function can be created with it; existing ones keep on",
                source=SOURCE,
            )
        yield Step(
            act=Act.BLOCK_UPDATE,
            on=blocked,
            text="code and configuration can no longer be updated, not even for a hotfix or a "
            "rollback; functions keep running",
            source=SOURCE,
        )
