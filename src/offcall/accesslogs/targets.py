"""Which target is bad: compared with the others of its group. Pure.

When one of several targets fails or is slow, it is that host; when all are, it is what they share.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from offcall.accesslogs.results.groups import Group
from offcall.accesslogs.results.parties import Target

__all__ = ["judge"]

_SURE = 3.29
_ENOUGH = 30
_SLOWER = 2.0
_UNEVEN = 1.5


def judge(groups: Sequence[tuple[str | None, Group]]) -> tuple[Target, ...]:
    """Targets, each with what is odd about it; the worst first.

    Args:
        groups: a target's group, and its requests.
    """
    found = []
    for number, (group, one) in enumerate(groups):
        others = [
            other
            for each, (of, other) in enumerate(groups)
            if of == group and each != number and other.requests
        ]
        found.append(Target(group=group, requests=one, odd=tuple(_odd(one, others))))
    return tuple(
        sorted(
            found,
            key=lambda one: (
                not one.odd,
                -one.requests.error_share,
                -one.requests.requests,
                str(one.requests.key),
            ),
        )
    )


def _odd(one: Group, others: Sequence[Group]) -> list[str]:
    if not others:
        return []
    odd = []
    failed = sum(other.server_errors for other in others)
    requests = sum(other.requests for other in others)
    pooled = (failed + one.server_errors) / (requests + one.requests)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / requests + 1 / one.requests))
    if spread > 0 and (one.error_share - failed / requests) / spread > _SURE:
        odd.append(f"fails more: {one.error_share:.1%} 5xx, the others {failed / requests:.1%}")
    usual = [other.p95 for other in others if other.p95 is not None and other.timed >= _ENOUGH]
    if usual and one.p95 is not None and one.timed >= _ENOUGH:
        middle = statistics.median(usual)
        if one.p95 > _SLOWER * middle:
            odd.append(
                f"is slower: p95 {one.p95 * 1000:,.0f} ms, the others {middle * 1000:,.0f} ms"
            )
    even = requests / len(others)
    off = abs(one.requests - even)
    times = one.requests / even
    if off > 3 * math.sqrt(even) and not 1 / _UNEVEN < times < _UNEVEN:
        odd.append(f"gets {times:.1f} times as many requests as the others")
    return odd
