"""EKS: at the end of standard support a cluster is upgraded (STANDARD) or billed (EXTENDED).

https://docs.aws.amazon.com/eks/latest/userguide/view-upgrade-policy.html
https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
"""

from __future__ import annotations

from collections.abc import Iterator

from offcall.lifecycle.prices import eks_cost
from offcall.lifecycle.regimes.model import IF_ANY, Act, Dates, Step
from offcall.lifecycle.snapshot import Running

__all__ = ["eks"]

POLICY = "https://docs.aws.amazon.com/eks/latest/userguide/view-upgrade-policy.html"
VERSIONS = "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html"


def eks(item: Running, dates: Dates) -> Iterator[Step]:
    """The steps for a cluster, or for a node group, which AWS leaves alone."""
    if item.kind == "eks nodegroup":
        yield from _nodes(dates)
        return
    end = dates.standard_end
    if end is None:
        return
    if item.extended_support is False:
        yield Step(
            act=Act.UPGRADE,
            on=end.after,
            text="AWS upgrades the control plane to the next version: upgradePolicy.supportType is "
            "STANDARD; nodes and add-ons stay behind",
            source=POLICY,
        )
        return
    default = "" if item.extended_support else " (the default; the policy was not read)"
    if end.on is not None:
        yield Step(
            act=Act.BILL,
            on=end.after,
            text=f"stays on {dates.cycle} in extended support{default}: "
            f"$0.60 an hour instead of $0.10{'' if dates.extended_end else IF_ANY}",
            cost=eks_cost(item),
            source="https://aws.amazon.com/eks/pricing/",
        )
    if dates.extended_end is None:
        return
    yield Step(
        act=Act.UPGRADE,
        on=dates.extended_end.after,
        text="extended support is over: AWS upgrades the control plane to the oldest "
        "version that is still supported; nodes and add-ons stay behind",
        source=VERSIONS,
    )


def _nodes(dates: Dates) -> Iterator[Step]:
    last = dates.extended_end or dates.standard_end
    if last is not None:
        yield Step(
            act=Act.DEPRECATE,
            on=last.after,
            text="no more node images for this version; AWS does not upgrade nodes by itself",
            source=VERSIONS,
        )
