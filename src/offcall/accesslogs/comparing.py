"""Before and after: what became slower, failed more, is new or gone. Pure.

A change counts when chance hardly explains it: error shares by the two-proportion z-test (at
0.1 %), times by a ratio of percentiles over enough requests.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from offcall.accesslogs.results.changes import Change
from offcall.accesslogs.results.groups import Group

__all__ = ["compare"]

_SURE = 3.29
"""Standard errors beyond which a difference of shares is no chance (p < 0.001)."""
_ENOUGH = 30
"""Timed requests on each side without which percentiles say little."""
_SLOWER = 1.5
"""A percentile that is so many times as great, and greater by `_LEAST`, is a change."""
_LEAST = 0.010


@dataclass(frozen=True, slots=True)
class _Verdict:
    worse: bool
    words: str


def compare(before: Iterable[Group], after: Iterable[Group]) -> tuple[Change, ...]:
    """All keys of both sides: what got worse first, then what got better, then the rest."""
    first = {one.key: one for one in before}
    second = {one.key: one for one in after}
    found = []
    for key in {**first, **second}:
        old, new = first.get(key), second.get(key)
        verdicts = [*_verdicts(old, new)]
        found.append(
            Change(
                key=key,
                before=old,
                after=new,
                worse=tuple(one.words for one in verdicts if one.worse),
                better=tuple(one.words for one in verdicts if not one.worse),
            )
        )
    return tuple(sorted(found, key=_order))


def _order(one: Change) -> tuple[int, int, str]:
    requests = max(side.requests for side in (one.before, one.after) if side is not None)
    return (0 if one.worse else 1 if one.better else 2, -requests, str(one.key))


def _verdicts(old: Group | None, new: Group | None) -> Iterable[_Verdict]:
    if old is None or new is None:
        return
    for name, count in (("5xx", "server_errors"), ("4xx", "client_errors")):
        was, now = getattr(old, count), getattr(new, count)
        if _differ(was, old.requests, now, new.requests):
            words = f"{name} {_percent(was, old.requests)} → {_percent(now, new.requests)}"
            yield _Verdict(now / new.requests > was / old.requests, words)
    if min(old.timed, new.timed) >= _ENOUGH:
        for name in ("p50", "p95"):
            was, now = getattr(old, name), getattr(new, name)
            if was is None or now is None or abs(now - was) < _LEAST:
                continue
            if now > was * _SLOWER or was > now * _SLOWER:
                words = f"{name} {was * 1000:,.0f} ms → {now * 1000:,.0f} ms"
                yield _Verdict(now > was, words)


def _percent(part: int, of: int) -> str:
    return f"{part / of:.2%}"


def _differ(first: int, of_first: int, second: int, of_second: int) -> bool:
    """The two-proportion z-test."""
    pooled = (first + second) / (of_first + of_second)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / of_first + 1 / of_second))
    return spread > 0 and abs(second / of_second - first / of_first) / spread > _SURE
